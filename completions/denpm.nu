module completions {

  # npm's front end that installs only what it can prove
  export extern denpm [
    --version(-v)             # Print denpm's version
    --help(-h)                # Print help
  ]

  def "nu-complete denpm install install-strategy" [] {
    [ "hoisted" "nested" "shallow" "linked" ]
  }

  def "nu-complete denpm install omit" [] {
    [ "dev" "optional" "peer" ]
  }

  def "nu-complete denpm install include" [] {
    [ "prod" "dev" "optional" "peer" ]
  }

  def "nu-complete denpm install lockfile-version" [] {
    [ "1" "2" "3" ]
  }

  def "nu-complete denpm install lock-resolved" [] {
    [ "canonical" "upstream" "omit" ]
  }

  def "nu-complete denpm install allow-git" [] {
    [ "all" "none" "root" ]
  }

  def "nu-complete denpm install allow-file" [] {
    [ "all" "none" "root" ]
  }

  def "nu-complete denpm install allow-directory" [] {
    [ "all" "none" "root" ]
  }

  def "nu-complete denpm install allow-remote" [] {
    [ "all" "none" "root" ]
  }

  def "nu-complete denpm install loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Install packages
  export extern "denpm install" [
    --no-save                 # Switch off: write the change to package.json
    --save-prod(-P)           # Save as a regular dependency
    --save-dev(-D)            # Save as a dev dependency
    --save-optional(-O)       # Save as an optional dependency
    --save-peer               # Save as a peer dependency
    --save-bundle(-B)         # Save as a bundled dependency
    --save-exact(-E)          # Save exact versions
    --save-prefix: string     # Prefix of saved ranges
    --install-strategy: string@"nu-complete denpm install install-strategy" # How packages are laid out in node_modules
    --legacy-peer-deps        # Ignore peerDependencies
    --strict-peer-deps        # Every peer conflict is an error
    --omit: string@"nu-complete denpm install omit" # Dependency types to leave off the disk
    --include: string@"nu-complete denpm install include" # Dependency types to install even where omitted
    --force(-f)               # Go on in spite of conflicts and platform checks
    --no-bin-links            # Switch off: link executables of packages into node_modules/.bin
    --install-links           # Pack and copy file: dependencies instead of linking them
    --no-audit                # Switch off: ask the registry for known vulnerabilities after the install
    --no-fund                 # Switch off: tell how many packages ask for funding
    --dry-run                 # Report what would be done; change nothing
    --json                    # Print JSON
    --prefer-dedupe           # Prefer a version that is already in the tree
    --before: string          # Only versions published on or before this date
    --min-release-age: string # Only versions at least this many days old
    --min-release-age-exclude: string # Names or globs that may be younger
    --tag: string             # Tag to install where none is given
    --engine-strict           # A package that does not support this node is an error
    --cpu: string             # Resolve for this CPU (process.arch) instead of this machine's
    --os: string              # Resolve for this system (process.platform) instead of this machine's
    --libc: string            # Resolve for this libc instead of this machine's
    --no-package-lock         # Switch off: read and write package-lock.json
    --package-lock-only       # Work on package-lock.json only; leave node_modules alone
    --lockfile-version: string@"nu-complete denpm install lockfile-version" # Format of the lockfile to write
    --no-format-package-lock  # Switch off: write package-lock.json indented
    --omit-lockfile-registry-resolved # Write no resolved URLs of registry packages
    --replace-registry-host: string # Which hosts in the lockfile are replaced by the registry
    --lock-resolved: string@"nu-complete denpm install lock-resolved" # Which URL package-lock.json records
    --sum                     # Write denpm.sum
    --ignore-scripts          # Run no lifecycle scripts
    --foreground-scripts      # Dependencies' scripts share this terminal, one at a time
    --allow-scripts: string   # Packages whose install scripts may run (global installs)
    --strict-allow-scripts    # An unreviewed install script is an error
    --dangerously-allow-all-scripts # Run every install script, reviewed or not
    --script-shell: string    # Shell that runs scripts
    --no-rebuild-bundle       # Switch off: rebuild bundled dependencies after the install
    --allow-git: string@"nu-complete denpm install allow-git" # Which dependencies may come from git
    --allow-file: string@"nu-complete denpm install allow-file" # Which dependencies may be tarball files
    --allow-directory: string@"nu-complete denpm install allow-directory" # Which dependencies may be folders
    --allow-remote: string@"nu-complete denpm install allow-remote" # Which dependencies may come from a URL
    --workspace(-w): string   # Work on this workspace (name, folder, or parent folder)
    --workspaces              # Work on all workspaces
    --include-workspace-root  # With workspaces, work on the root too
    --global(-g)              # Work on the global prefix instead of this project
    --registry-seed: string   # Seed of the choice of mirror, or random
    --quorum: string          # How many registries must agree on a version
    --strict                  # A warning of the policy is a refusal
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm install loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm ci install-strategy" [] {
    [ "hoisted" "nested" "shallow" "linked" ]
  }

  def "nu-complete denpm ci omit" [] {
    [ "dev" "optional" "peer" ]
  }

  def "nu-complete denpm ci include" [] {
    [ "prod" "dev" "optional" "peer" ]
  }

  def "nu-complete denpm ci allow-git" [] {
    [ "all" "none" "root" ]
  }

  def "nu-complete denpm ci allow-file" [] {
    [ "all" "none" "root" ]
  }

  def "nu-complete denpm ci allow-directory" [] {
    [ "all" "none" "root" ]
  }

  def "nu-complete denpm ci allow-remote" [] {
    [ "all" "none" "root" ]
  }

  def "nu-complete denpm ci loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Install exactly what the lockfile says, from scratch
  export extern "denpm ci" [
    --install-strategy: string@"nu-complete denpm ci install-strategy" # How packages are laid out in node_modules
    --legacy-peer-deps        # Ignore peerDependencies
    --strict-peer-deps        # Every peer conflict is an error
    --omit: string@"nu-complete denpm ci omit" # Dependency types to leave off the disk
    --include: string@"nu-complete denpm ci include" # Dependency types to install even where omitted
    --force(-f)               # Go on in spite of conflicts and platform checks
    --no-bin-links            # Switch off: link executables of packages into node_modules/.bin
    --install-links           # Pack and copy file: dependencies instead of linking them
    --no-audit                # Switch off: ask the registry for known vulnerabilities after the install
    --no-fund                 # Switch off: tell how many packages ask for funding
    --dry-run                 # Report what would be done; change nothing
    --json                    # Print JSON
    --ignore-scripts          # Run no lifecycle scripts
    --foreground-scripts      # Dependencies' scripts share this terminal, one at a time
    --allow-scripts: string   # Packages whose install scripts may run (global installs)
    --strict-allow-scripts    # An unreviewed install script is an error
    --dangerously-allow-all-scripts # Run every install script, reviewed or not
    --script-shell: string    # Shell that runs scripts
    --no-rebuild-bundle       # Switch off: rebuild bundled dependencies after the install
    --allow-git: string@"nu-complete denpm ci allow-git" # Which dependencies may come from git
    --allow-file: string@"nu-complete denpm ci allow-file" # Which dependencies may be tarball files
    --allow-directory: string@"nu-complete denpm ci allow-directory" # Which dependencies may be folders
    --allow-remote: string@"nu-complete denpm ci allow-remote" # Which dependencies may come from a URL
    --workspace(-w): string   # Work on this workspace (name, folder, or parent folder)
    --workspaces              # Work on all workspaces
    --include-workspace-root  # With workspaces, work on the root too
    --registry-seed: string   # Seed of the choice of mirror, or random
    --quorum: string          # How many registries must agree on a version
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm ci loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
  ]

  def "nu-complete denpm update install-strategy" [] {
    [ "hoisted" "nested" "shallow" "linked" ]
  }

  def "nu-complete denpm update omit" [] {
    [ "dev" "optional" "peer" ]
  }

  def "nu-complete denpm update include" [] {
    [ "prod" "dev" "optional" "peer" ]
  }

  def "nu-complete denpm update lockfile-version" [] {
    [ "1" "2" "3" ]
  }

  def "nu-complete denpm update lock-resolved" [] {
    [ "canonical" "upstream" "omit" ]
  }

  def "nu-complete denpm update loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Update packages within their ranges
  export extern "denpm update" [
    --no-save                 # Switch off: write the change to package.json
    --save-prod(-P)           # Save as a regular dependency
    --save-dev(-D)            # Save as a dev dependency
    --save-optional(-O)       # Save as an optional dependency
    --save-peer               # Save as a peer dependency
    --save-bundle(-B)         # Save as a bundled dependency
    --save-exact(-E)          # Save exact versions
    --save-prefix: string     # Prefix of saved ranges
    --install-strategy: string@"nu-complete denpm update install-strategy" # How packages are laid out in node_modules
    --legacy-peer-deps        # Ignore peerDependencies
    --strict-peer-deps        # Every peer conflict is an error
    --omit: string@"nu-complete denpm update omit" # Dependency types to leave off the disk
    --include: string@"nu-complete denpm update include" # Dependency types to install even where omitted
    --force(-f)               # Go on in spite of conflicts and platform checks
    --no-bin-links            # Switch off: link executables of packages into node_modules/.bin
    --install-links           # Pack and copy file: dependencies instead of linking them
    --no-audit                # Switch off: ask the registry for known vulnerabilities after the install
    --no-fund                 # Switch off: tell how many packages ask for funding
    --dry-run                 # Report what would be done; change nothing
    --json                    # Print JSON
    --prefer-dedupe           # Prefer a version that is already in the tree
    --before: string          # Only versions published on or before this date
    --min-release-age: string # Only versions at least this many days old
    --min-release-age-exclude: string # Names or globs that may be younger
    --tag: string             # Tag to install where none is given
    --engine-strict           # A package that does not support this node is an error
    --cpu: string             # Resolve for this CPU (process.arch) instead of this machine's
    --os: string              # Resolve for this system (process.platform) instead of this machine's
    --libc: string            # Resolve for this libc instead of this machine's
    --no-package-lock         # Switch off: read and write package-lock.json
    --package-lock-only       # Work on package-lock.json only; leave node_modules alone
    --lockfile-version: string@"nu-complete denpm update lockfile-version" # Format of the lockfile to write
    --no-format-package-lock  # Switch off: write package-lock.json indented
    --omit-lockfile-registry-resolved # Write no resolved URLs of registry packages
    --replace-registry-host: string # Which hosts in the lockfile are replaced by the registry
    --lock-resolved: string@"nu-complete denpm update lock-resolved" # Which URL package-lock.json records
    --sum                     # Write denpm.sum
    --ignore-scripts          # Run no lifecycle scripts
    --foreground-scripts      # Dependencies' scripts share this terminal, one at a time
    --allow-scripts: string   # Packages whose install scripts may run (global installs)
    --strict-allow-scripts    # An unreviewed install script is an error
    --dangerously-allow-all-scripts # Run every install script, reviewed or not
    --script-shell: string    # Shell that runs scripts
    --no-rebuild-bundle       # Switch off: rebuild bundled dependencies after the install
    --workspace(-w): string   # Work on this workspace (name, folder, or parent folder)
    --workspaces              # Work on all workspaces
    --include-workspace-root  # With workspaces, work on the root too
    --global(-g)              # Work on the global prefix instead of this project
    --unless: string          # Hold back updates that bring new-dep, new-script, publisher-new, downgrade, new-capability, major
    --registry-seed: string   # Seed of the choice of mirror, or random
    --quorum: string          # How many registries must agree on a version
    --strict                  # A warning of the policy is a refusal
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm update loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm uninstall install-strategy" [] {
    [ "hoisted" "nested" "shallow" "linked" ]
  }

  def "nu-complete denpm uninstall omit" [] {
    [ "dev" "optional" "peer" ]
  }

  def "nu-complete denpm uninstall include" [] {
    [ "prod" "dev" "optional" "peer" ]
  }

  def "nu-complete denpm uninstall lockfile-version" [] {
    [ "1" "2" "3" ]
  }

  def "nu-complete denpm uninstall lock-resolved" [] {
    [ "canonical" "upstream" "omit" ]
  }

  def "nu-complete denpm uninstall loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Remove packages
  export extern "denpm uninstall" [
    --no-save                 # Switch off: write the change to package.json
    --save-prod(-P)           # Save as a regular dependency
    --save-dev(-D)            # Save as a dev dependency
    --save-optional(-O)       # Save as an optional dependency
    --save-peer               # Save as a peer dependency
    --save-bundle(-B)         # Save as a bundled dependency
    --save-exact(-E)          # Save exact versions
    --save-prefix: string     # Prefix of saved ranges
    --install-strategy: string@"nu-complete denpm uninstall install-strategy" # How packages are laid out in node_modules
    --legacy-peer-deps        # Ignore peerDependencies
    --strict-peer-deps        # Every peer conflict is an error
    --omit: string@"nu-complete denpm uninstall omit" # Dependency types to leave off the disk
    --include: string@"nu-complete denpm uninstall include" # Dependency types to install even where omitted
    --force(-f)               # Go on in spite of conflicts and platform checks
    --no-bin-links            # Switch off: link executables of packages into node_modules/.bin
    --install-links           # Pack and copy file: dependencies instead of linking them
    --no-audit                # Switch off: ask the registry for known vulnerabilities after the install
    --no-fund                 # Switch off: tell how many packages ask for funding
    --dry-run                 # Report what would be done; change nothing
    --json                    # Print JSON
    --no-package-lock         # Switch off: read and write package-lock.json
    --package-lock-only       # Work on package-lock.json only; leave node_modules alone
    --lockfile-version: string@"nu-complete denpm uninstall lockfile-version" # Format of the lockfile to write
    --no-format-package-lock  # Switch off: write package-lock.json indented
    --omit-lockfile-registry-resolved # Write no resolved URLs of registry packages
    --replace-registry-host: string # Which hosts in the lockfile are replaced by the registry
    --lock-resolved: string@"nu-complete denpm uninstall lock-resolved" # Which URL package-lock.json records
    --sum                     # Write denpm.sum
    --ignore-scripts          # Run no lifecycle scripts
    --foreground-scripts      # Dependencies' scripts share this terminal, one at a time
    --allow-scripts: string   # Packages whose install scripts may run (global installs)
    --strict-allow-scripts    # An unreviewed install script is an error
    --dangerously-allow-all-scripts # Run every install script, reviewed or not
    --script-shell: string    # Shell that runs scripts
    --no-rebuild-bundle       # Switch off: rebuild bundled dependencies after the install
    --workspace(-w): string   # Work on this workspace (name, folder, or parent folder)
    --workspaces              # Work on all workspaces
    --include-workspace-root  # With workspaces, work on the root too
    --global(-g)              # Work on the global prefix instead of this project
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm uninstall loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm dedupe install-strategy" [] {
    [ "hoisted" "nested" "shallow" "linked" ]
  }

  def "nu-complete denpm dedupe omit" [] {
    [ "dev" "optional" "peer" ]
  }

  def "nu-complete denpm dedupe include" [] {
    [ "prod" "dev" "optional" "peer" ]
  }

  def "nu-complete denpm dedupe lockfile-version" [] {
    [ "1" "2" "3" ]
  }

  def "nu-complete denpm dedupe lock-resolved" [] {
    [ "canonical" "upstream" "omit" ]
  }

  def "nu-complete denpm dedupe allow-git" [] {
    [ "all" "none" "root" ]
  }

  def "nu-complete denpm dedupe allow-file" [] {
    [ "all" "none" "root" ]
  }

  def "nu-complete denpm dedupe allow-directory" [] {
    [ "all" "none" "root" ]
  }

  def "nu-complete denpm dedupe allow-remote" [] {
    [ "all" "none" "root" ]
  }

  def "nu-complete denpm dedupe loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Reduce duplicates in the tree
  export extern "denpm dedupe" [
    --install-strategy: string@"nu-complete denpm dedupe install-strategy" # How packages are laid out in node_modules
    --legacy-peer-deps        # Ignore peerDependencies
    --strict-peer-deps        # Every peer conflict is an error
    --omit: string@"nu-complete denpm dedupe omit" # Dependency types to leave off the disk
    --include: string@"nu-complete denpm dedupe include" # Dependency types to install even where omitted
    --force(-f)               # Go on in spite of conflicts and platform checks
    --no-bin-links            # Switch off: link executables of packages into node_modules/.bin
    --install-links           # Pack and copy file: dependencies instead of linking them
    --no-audit                # Switch off: ask the registry for known vulnerabilities after the install
    --no-fund                 # Switch off: tell how many packages ask for funding
    --dry-run                 # Report what would be done; change nothing
    --json                    # Print JSON
    --no-package-lock         # Switch off: read and write package-lock.json
    --package-lock-only       # Work on package-lock.json only; leave node_modules alone
    --lockfile-version: string@"nu-complete denpm dedupe lockfile-version" # Format of the lockfile to write
    --no-format-package-lock  # Switch off: write package-lock.json indented
    --omit-lockfile-registry-resolved # Write no resolved URLs of registry packages
    --replace-registry-host: string # Which hosts in the lockfile are replaced by the registry
    --lock-resolved: string@"nu-complete denpm dedupe lock-resolved" # Which URL package-lock.json records
    --sum                     # Write denpm.sum
    --ignore-scripts          # Run no lifecycle scripts
    --foreground-scripts      # Dependencies' scripts share this terminal, one at a time
    --allow-scripts: string   # Packages whose install scripts may run (global installs)
    --strict-allow-scripts    # An unreviewed install script is an error
    --dangerously-allow-all-scripts # Run every install script, reviewed or not
    --script-shell: string    # Shell that runs scripts
    --no-rebuild-bundle       # Switch off: rebuild bundled dependencies after the install
    --allow-git: string@"nu-complete denpm dedupe allow-git" # Which dependencies may come from git
    --allow-file: string@"nu-complete denpm dedupe allow-file" # Which dependencies may be tarball files
    --allow-directory: string@"nu-complete denpm dedupe allow-directory" # Which dependencies may be folders
    --allow-remote: string@"nu-complete denpm dedupe allow-remote" # Which dependencies may come from a URL
    --workspace(-w): string   # Work on this workspace (name, folder, or parent folder)
    --workspaces              # Work on all workspaces
    --include-workspace-root  # With workspaces, work on the root too
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm dedupe loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
  ]

  def "nu-complete denpm prune install-strategy" [] {
    [ "hoisted" "nested" "shallow" "linked" ]
  }

  def "nu-complete denpm prune omit" [] {
    [ "dev" "optional" "peer" ]
  }

  def "nu-complete denpm prune include" [] {
    [ "prod" "dev" "optional" "peer" ]
  }

  def "nu-complete denpm prune loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Remove packages that nothing depends on
  export extern "denpm prune" [
    --install-strategy: string@"nu-complete denpm prune install-strategy" # How packages are laid out in node_modules
    --legacy-peer-deps        # Ignore peerDependencies
    --strict-peer-deps        # Every peer conflict is an error
    --omit: string@"nu-complete denpm prune omit" # Dependency types to leave off the disk
    --include: string@"nu-complete denpm prune include" # Dependency types to install even where omitted
    --force(-f)               # Go on in spite of conflicts and platform checks
    --no-bin-links            # Switch off: link executables of packages into node_modules/.bin
    --install-links           # Pack and copy file: dependencies instead of linking them
    --no-audit                # Switch off: ask the registry for known vulnerabilities after the install
    --no-fund                 # Switch off: tell how many packages ask for funding
    --dry-run                 # Report what would be done; change nothing
    --json                    # Print JSON
    --ignore-scripts          # Run no lifecycle scripts
    --foreground-scripts      # Dependencies' scripts share this terminal, one at a time
    --allow-scripts: string   # Packages whose install scripts may run (global installs)
    --strict-allow-scripts    # An unreviewed install script is an error
    --dangerously-allow-all-scripts # Run every install script, reviewed or not
    --script-shell: string    # Shell that runs scripts
    --no-rebuild-bundle       # Switch off: rebuild bundled dependencies after the install
    --workspace(-w): string   # Work on this workspace (name, folder, or parent folder)
    --workspaces              # Work on all workspaces
    --include-workspace-root  # With workspaces, work on the root too
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm prune loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm ls omit" [] {
    [ "dev" "optional" "peer" ]
  }

  def "nu-complete denpm ls include" [] {
    [ "prod" "dev" "optional" "peer" ]
  }

  def "nu-complete denpm ls loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # List installed packages
  export extern "denpm ls" [
    --all(-a)                 # Act on all packages, not only on direct dependencies
    --json                    # Print JSON
    --long(-l)                # Show more of each package
    --parseable(-p)           # Print tab-separated lines
    --global(-g)              # Work on the global prefix instead of this project
    --depth: string           # How deep a listing goes
    --omit: string@"nu-complete denpm ls omit" # Dependency types to leave off the disk
    --include: string@"nu-complete denpm ls include" # Dependency types to install even where omitted
    --link                    # List only linked packages
    --package-lock-only       # Work on package-lock.json only; leave node_modules alone
    --unicode                 # Draw trees with Unicode characters
    --workspace(-w): string   # Work on this workspace (name, folder, or parent folder)
    --workspaces              # Work on all workspaces
    --include-workspace-root  # With workspaces, work on the root too
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm ls loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm ll omit" [] {
    [ "dev" "optional" "peer" ]
  }

  def "nu-complete denpm ll include" [] {
    [ "prod" "dev" "optional" "peer" ]
  }

  def "nu-complete denpm ll loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # List installed packages with details
  export extern "denpm ll" [
    --all(-a)                 # Act on all packages, not only on direct dependencies
    --json                    # Print JSON
    --long(-l)                # Show more of each package
    --parseable(-p)           # Print tab-separated lines
    --global(-g)              # Work on the global prefix instead of this project
    --depth: string           # How deep a listing goes
    --omit: string@"nu-complete denpm ll omit" # Dependency types to leave off the disk
    --include: string@"nu-complete denpm ll include" # Dependency types to install even where omitted
    --link                    # List only linked packages
    --package-lock-only       # Work on package-lock.json only; leave node_modules alone
    --unicode                 # Draw trees with Unicode characters
    --workspace(-w): string   # Work on this workspace (name, folder, or parent folder)
    --workspaces              # Work on all workspaces
    --include-workspace-root  # With workspaces, work on the root too
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm ll loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm explain loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Say why a package is installed
  export extern "denpm explain" [
    --json                    # Print JSON
    --workspace(-w): string   # Work on this workspace (name, folder, or parent folder)
    --workspaces              # Work on all workspaces
    --include-workspace-root  # With workspaces, work on the root too
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm explain loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm outdated loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # List packages with newer versions
  export extern "denpm outdated" [
    --all(-a)                 # Act on all packages, not only on direct dependencies
    --json                    # Print JSON
    --long(-l)                # Show more of each package
    --parseable(-p)           # Print tab-separated lines
    --global(-g)              # Work on the global prefix instead of this project
    --before: string          # Only versions published on or before this date
    --min-release-age: string # Only versions at least this many days old
    --min-release-age-exclude: string # Names or globs that may be younger
    --workspace(-w): string   # Work on this workspace (name, folder, or parent folder)
    --workspaces              # Work on all workspaces
    --include-workspace-root  # With workspaces, work on the root too
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm outdated loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm approve-scripts loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Let packages run their install scripts
  export extern "denpm approve-scripts" [
    --all(-a)                 # Act on all packages, not only on direct dependencies
    --allow-scripts-pending   # List packages with unreviewed install scripts; change nothing
    --no-allow-scripts-pin    # Switch off: write name@version rather than the bare name to allowScripts
    --json                    # Print JSON
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm approve-scripts loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm deny-scripts loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Keep packages from running install scripts
  export extern "denpm deny-scripts" [
    --all(-a)                 # Act on all packages, not only on direct dependencies
    --allow-scripts-pending   # List packages with unreviewed install scripts; change nothing
    --no-allow-scripts-pin    # Switch off: write name@version rather than the bare name to allowScripts
    --json                    # Print JSON
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm deny-scripts loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm install-scripts loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Manage approvals of install scripts
  export extern "denpm install-scripts" [
    --all(-a)                 # Act on all packages, not only on direct dependencies
    --allow-scripts-pending   # List packages with unreviewed install scripts; change nothing
    --no-allow-scripts-pin    # Switch off: write name@version rather than the bare name to allowScripts
    --json                    # Print JSON
    --dry-run                 # Report what would be done; change nothing
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm install-scripts loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm audit-signatures omit" [] {
    [ "dev" "optional" "peer" ]
  }

  def "nu-complete denpm audit-signatures include" [] {
    [ "prod" "dev" "optional" "peer" ]
  }

  def "nu-complete denpm audit-signatures loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Check signatures of installed packages
  export extern "denpm audit-signatures" [
    --json                    # Print JSON
    --include-attestations    # With --json, print the attestation bundles
    --omit: string@"nu-complete denpm audit-signatures omit" # Dependency types to leave off the disk
    --include: string@"nu-complete denpm audit-signatures include" # Dependency types to install even where omitted
    --workspace(-w): string   # Work on this workspace (name, folder, or parent folder)
    --workspaces              # Work on all workspaces
    --include-workspace-root  # With workspaces, work on the root too
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm audit-signatures loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
  ]

  def "nu-complete denpm policy loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Write rules about who may build what is installed
  export extern "denpm policy" [
    --json                    # Print JSON
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm policy loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm pin loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Commit to denpm.toml and denpm.sum
  export extern "denpm pin" [
    --dry-run                 # Report what would be done; change nothing
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm pin loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
  ]

  def "nu-complete denpm verify loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Prove again, offline, what lies in node_modules
  export extern "denpm verify" [
    --json                    # Print JSON
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm verify loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
  ]

  def "nu-complete denpm review format" [] {
    [ "text" "json" "markdown" "sarif" "github" ]
  }

  def "nu-complete denpm review loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Show what would change and what is unusual in it
  export extern "denpm review" [
    --json                    # Print JSON
    --format: string@"nu-complete denpm review format" # How findings are written
    --strict                  # A warning of the policy is a refusal
    --long(-l)                # Show more of each package
    --prefer-dedupe           # Prefer a version that is already in the tree
    --before: string          # Only versions published on or before this date
    --min-release-age: string # Only versions at least this many days old
    --min-release-age-exclude: string # Names or globs that may be younger
    --tag: string             # Tag to install where none is given
    --engine-strict           # A package that does not support this node is an error
    --cpu: string             # Resolve for this CPU (process.arch) instead of this machine's
    --os: string              # Resolve for this system (process.platform) instead of this machine's
    --libc: string            # Resolve for this libc instead of this machine's
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm review loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm inspect loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Compare a package with an earlier version of it
  export extern "denpm inspect" [
    --baseline: string        # What to compare with: a tarball, a folder, a version
    --json                    # Print JSON
    --long(-l)                # Show more of each package
    --strict                  # A warning of the policy is a refusal
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm inspect loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm diff format" [] {
    [ "text" "json" "markdown" "sarif" "github" ]
  }

  def "nu-complete denpm diff loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Show what changed between two lockfiles and what is unusual in it
  export extern "denpm diff" [
    --json                    # Print JSON
    --format: string@"nu-complete denpm diff format" # How findings are written
    --strict                  # A warning of the policy is a refusal
    --long(-l)                # Show more of each package
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm diff loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm ack loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Accept a finding, for these bytes and this evidence
  export extern "denpm ack" [
    --evidence: string        # Hash of the evidence that is accepted
    --integrity: string       # Integrity of the version that is accepted
    --reason: string          # Why it is accepted
    --until: string           # The last day on which it is accepted
    --stale                   # List what accepts nothing any more
    --json                    # Print JSON
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm ack loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm authors by" [] {
    [ "person" "package" ]
  }

  def "nu-complete denpm authors loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # List who publishes the packages of the project
  export extern "denpm authors" [
    --by: string@"nu-complete denpm authors by" # What authors are listed by
    --sole                    # Only packages that one account alone published
    --json                    # Print JSON
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm authors loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
  ]

  def "nu-complete denpm risk loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # List what is unusual about the installed versions
  export extern "denpm risk" [
    --top: string             # How many packages are listed; 0 lists all
    --json                    # Print JSON
    --long(-l)                # Show more of each package
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm risk loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
  ]

  def "nu-complete denpm capabilities export" [] {
    [ "lavamoat" ]
  }

  def "nu-complete denpm capabilities loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # List the powers of a package's code, or of all packages of the project
  export extern "denpm capabilities" [
    --baseline: string        # What to compare with: a tarball, a folder, a version
    --diff: string            # An earlier package-lock.json to compare with
    --export: string@"nu-complete denpm capabilities export" # Write powers as another tool's policy: lavamoat
    --json                    # Print JSON
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm capabilities loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm verify-source loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Compare a package with its repository at the commit it was made from
  export extern "denpm verify-source" [
    --repo: string            # A clone of the repository, or a folder with its files
    --strict                  # A warning of the policy is a refusal
    --json                    # Print JSON
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm verify-source loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm registries loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # List and test the registries of the pool
  export extern "denpm registries" [
    --json                    # Print JSON
    --registry-seed: string   # Seed of the choice of mirror, or random
    --quorum: string          # How many registries must agree on a version
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm registries loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm sumdb loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Run, serve, audit and ask logs of package sums
  export extern "denpm sumdb" [
    --json                    # Print JSON
    --log-key: string         # File with a private key of a log or witness
    --log-namespace: string   # Namespace of what is added to a log
    --log-index: string       # File of this process's index of a log
    --origin: string          # Name in the checkpoints of a new log
    --sources: string         # Registries that must agree before a version is logged
    --witness-policy: string  # tlog-policy file whose witnesses a log asks before it publishes
    --predecessor: string     # Last checkpoint of the log that a new one continues
    --cosigner                # Make the key of a witness
    --listen: string          # Address and port to listen at
    --from: string            # First record to look at
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm sumdb loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm serve loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Be a registry proxy that only hands on what is proved (not part of this version yet)
  export extern "denpm serve" [
    --registry-seed: string   # Seed of the choice of mirror, or random
    --quorum: string          # How many registries must agree on a version
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm serve loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
  ]

  def "nu-complete denpm vet loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Record and import audits of packages (not part of this version yet)
  export extern "denpm vet" [
    --json                    # Print JSON
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm vet loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm approve loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Countersign a package version (not part of this version yet)
  export extern "denpm approve" [
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm approve loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    ...words: string
  ]

  def "nu-complete denpm completions shell" [] {
    [ "bash" "zsh" "fish" "powershell" "elvish" "nushell" ]
  }

  def "nu-complete denpm completions loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Print completions for a shell
  export extern "denpm completions" [
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm completions loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
    shell: string@"nu-complete denpm completions shell"
  ]

  def "nu-complete denpm man loglevel" [] {
    [ "silent" "error" "warn" "notice" "http" "info" "verbose" "silly" ]
  }

  # Write man pages into a folder
  export extern "denpm man" [
    --dir: string             # Folder that generated man pages are written to
    --prefix(-C): string      # Work in this folder; with --global, the global prefix
    --registry: string        # The registry
    --userconfig: string      # The user's config file
    --cache: string           # npm's cache folder; denpm keeps its own in <cache>/_denpm
    --loglevel: string@"nu-complete denpm man loglevel" # How much to say on stderr
    --offline                 # Use the cache only
    --prefer-offline          # Do not check whether cached data is fresh
    --prefer-online           # Always check whether cached data is fresh
    --color                   # Colours: true on a terminal, or always
    --progress                # Show progress on a terminal
    --no-strict-ssl           # Switch off: check the registry's certificate
    --cafile: string          # File with trusted certificate authorities, PEM
    --fetch-retries: string   # How often a failed request is repeated
    --fetch-timeout: string   # Longest wait for an answer, in milliseconds
    --maxsockets: string      # Most connections to one registry
    --silent(-s)              # Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly
    --help(-h)                # Print help
  ]

}

export use completions *
