# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_denpm_global_optspecs
    string join \n v/version h/help
end

function __fish_denpm_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_denpm_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_denpm_using_subcommand
    set -l cmd (__fish_denpm_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c denpm -n "__fish_denpm_needs_command" -s v -l version -d 'Print denpm\'s version'
complete -c denpm -n "__fish_denpm_needs_command" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "install" -d 'Install packages'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "i" -d 'Install packages'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "add" -d 'Install packages'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "ci" -d 'Install exactly what the lockfile says, from scratch'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "clean-install" -d 'Install exactly what the lockfile says, from scratch'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "ic" -d 'Install exactly what the lockfile says, from scratch'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "update" -d 'Update packages within their ranges'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "up" -d 'Update packages within their ranges'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "upgrade" -d 'Update packages within their ranges'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "uninstall" -d 'Remove packages'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "remove" -d 'Remove packages'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "rm" -d 'Remove packages'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "un" -d 'Remove packages'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "dedupe" -d 'Reduce duplicates in the tree'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "ddp" -d 'Reduce duplicates in the tree'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "prune" -d 'Remove packages that nothing depends on'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "ls" -d 'List installed packages'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "list" -d 'List installed packages'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "ll" -d 'List installed packages with details'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "la" -d 'List installed packages with details'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "explain" -d 'Say why a package is installed'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "why" -d 'Say why a package is installed'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "outdated" -d 'List packages with newer versions'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "approve-scripts" -d 'Let packages run their install scripts'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "deny-scripts" -d 'Keep packages from running install scripts'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "install-scripts" -d 'Manage approvals of install scripts'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "audit-signatures" -d 'Check signatures of installed packages'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "policy" -d 'Write rules about who may build what is installed'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "pin" -d 'Commit to denpm.toml and denpm.sum'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "verify" -d 'Prove again, offline, what lies in node_modules'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "review" -d 'Show what would change and what is unusual in it'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "inspect" -d 'Compare a package with an earlier version of it'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "diff" -d 'Show what changed between two lockfiles and what is unusual in it'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "ack" -d 'Accept a finding, for these bytes and this evidence'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "authors" -d 'List who publishes the packages of the project'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "risk" -d 'List what is unusual about the installed versions'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "capabilities" -d 'List the powers of a package\'s code, or of all packages of the project'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "verify-source" -d 'Compare a package with its repository at the commit it was made from'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "registries" -d 'List and test the registries of the pool'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "sumdb" -d 'Run, serve, audit and ask logs of package sums'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "serve" -d 'Be a registry proxy that only hands on what is proved (not part of this version yet)'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "vet" -d 'Record and import audits of packages (not part of this version yet)'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "approve" -d 'Countersign a package version (not part of this version yet)'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "completions" -d 'Print completions for a shell'
complete -c denpm -n "__fish_denpm_needs_command" -f -a "man" -d 'Write man pages into a folder'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l save-prefix -d 'Prefix of saved ranges' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l install-strategy -d 'How packages are laid out in node_modules' -r -f -a "hoisted\t''
nested\t''
shallow\t''
linked\t''"
complete -c denpm -n "__fish_denpm_using_subcommand install" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand install" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand install" -l before -d 'Only versions published on or before this date' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l min-release-age -d 'Only versions at least this many days old' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l min-release-age-exclude -d 'Names or globs that may be younger' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l tag -d 'Tag to install where none is given' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l cpu -d 'Resolve for this CPU (process.arch) instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l os -d 'Resolve for this system (process.platform) instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l libc -d 'Resolve for this libc instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l lockfile-version -d 'Format of the lockfile to write' -r -f -a "1\t''
2\t''
3\t''"
complete -c denpm -n "__fish_denpm_using_subcommand install" -l replace-registry-host -d 'Which hosts in the lockfile are replaced by the registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l lock-resolved -d 'Which URL package-lock.json records' -r -f -a "canonical\t''
upstream\t''
omit\t''"
complete -c denpm -n "__fish_denpm_using_subcommand install" -l allow-scripts -d 'Packages whose install scripts may run (global installs)' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l script-shell -d 'Shell that runs scripts' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l allow-git -d 'Which dependencies may come from git' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand install" -l allow-file -d 'Which dependencies may be tarball files' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand install" -l allow-directory -d 'Which dependencies may be folders' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand install" -l allow-remote -d 'Which dependencies may come from a URL' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand install" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l registry-seed -d 'Seed of the choice of mirror, or random' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l quorum -d 'How many registries must agree on a version' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand install" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand install" -l no-save -d 'Switch off: write the change to package.json'
complete -c denpm -n "__fish_denpm_using_subcommand install" -s P -l save-prod -d 'Save as a regular dependency'
complete -c denpm -n "__fish_denpm_using_subcommand install" -s D -l save-dev -d 'Save as a dev dependency'
complete -c denpm -n "__fish_denpm_using_subcommand install" -s O -l save-optional -d 'Save as an optional dependency'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l save-peer -d 'Save as a peer dependency'
complete -c denpm -n "__fish_denpm_using_subcommand install" -s B -l save-bundle -d 'Save as a bundled dependency'
complete -c denpm -n "__fish_denpm_using_subcommand install" -s E -l save-exact -d 'Save exact versions'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l legacy-peer-deps -d 'Ignore peerDependencies'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l strict-peer-deps -d 'Every peer conflict is an error'
complete -c denpm -n "__fish_denpm_using_subcommand install" -s f -l force -d 'Go on in spite of conflicts and platform checks'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l no-bin-links -d 'Switch off: link executables of packages into node_modules/.bin'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l install-links -d 'Pack and copy file: dependencies instead of linking them'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l no-audit -d 'Switch off: ask the registry for known vulnerabilities after the install'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l no-fund -d 'Switch off: tell how many packages ask for funding'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l dry-run -d 'Report what would be done; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l prefer-dedupe -d 'Prefer a version that is already in the tree'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l engine-strict -d 'A package that does not support this node is an error'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l no-package-lock -d 'Switch off: read and write package-lock.json'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l package-lock-only -d 'Work on package-lock.json only; leave node_modules alone'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l no-format-package-lock -d 'Switch off: write package-lock.json indented'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l omit-lockfile-registry-resolved -d 'Write no resolved URLs of registry packages'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l sum -d 'Write denpm.sum'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l ignore-scripts -d 'Run no lifecycle scripts'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l foreground-scripts -d 'Dependencies\' scripts share this terminal, one at a time'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l strict-allow-scripts -d 'An unreviewed install script is an error'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l dangerously-allow-all-scripts -d 'Run every install script, reviewed or not'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l no-rebuild-bundle -d 'Switch off: rebuild bundled dependencies after the install'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand install" -s g -l global -d 'Work on the global prefix instead of this project'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l strict -d 'A warning of the policy is a refusal'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand install" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand install" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand install" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l save-prefix -d 'Prefix of saved ranges' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l install-strategy -d 'How packages are laid out in node_modules' -r -f -a "hoisted\t''
nested\t''
shallow\t''
linked\t''"
complete -c denpm -n "__fish_denpm_using_subcommand i" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand i" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand i" -l before -d 'Only versions published on or before this date' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l min-release-age -d 'Only versions at least this many days old' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l min-release-age-exclude -d 'Names or globs that may be younger' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l tag -d 'Tag to install where none is given' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l cpu -d 'Resolve for this CPU (process.arch) instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l os -d 'Resolve for this system (process.platform) instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l libc -d 'Resolve for this libc instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l lockfile-version -d 'Format of the lockfile to write' -r -f -a "1\t''
2\t''
3\t''"
complete -c denpm -n "__fish_denpm_using_subcommand i" -l replace-registry-host -d 'Which hosts in the lockfile are replaced by the registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l lock-resolved -d 'Which URL package-lock.json records' -r -f -a "canonical\t''
upstream\t''
omit\t''"
complete -c denpm -n "__fish_denpm_using_subcommand i" -l allow-scripts -d 'Packages whose install scripts may run (global installs)' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l script-shell -d 'Shell that runs scripts' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l allow-git -d 'Which dependencies may come from git' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand i" -l allow-file -d 'Which dependencies may be tarball files' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand i" -l allow-directory -d 'Which dependencies may be folders' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand i" -l allow-remote -d 'Which dependencies may come from a URL' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand i" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l registry-seed -d 'Seed of the choice of mirror, or random' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l quorum -d 'How many registries must agree on a version' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand i" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand i" -l no-save -d 'Switch off: write the change to package.json'
complete -c denpm -n "__fish_denpm_using_subcommand i" -s P -l save-prod -d 'Save as a regular dependency'
complete -c denpm -n "__fish_denpm_using_subcommand i" -s D -l save-dev -d 'Save as a dev dependency'
complete -c denpm -n "__fish_denpm_using_subcommand i" -s O -l save-optional -d 'Save as an optional dependency'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l save-peer -d 'Save as a peer dependency'
complete -c denpm -n "__fish_denpm_using_subcommand i" -s B -l save-bundle -d 'Save as a bundled dependency'
complete -c denpm -n "__fish_denpm_using_subcommand i" -s E -l save-exact -d 'Save exact versions'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l legacy-peer-deps -d 'Ignore peerDependencies'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l strict-peer-deps -d 'Every peer conflict is an error'
complete -c denpm -n "__fish_denpm_using_subcommand i" -s f -l force -d 'Go on in spite of conflicts and platform checks'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l no-bin-links -d 'Switch off: link executables of packages into node_modules/.bin'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l install-links -d 'Pack and copy file: dependencies instead of linking them'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l no-audit -d 'Switch off: ask the registry for known vulnerabilities after the install'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l no-fund -d 'Switch off: tell how many packages ask for funding'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l dry-run -d 'Report what would be done; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l prefer-dedupe -d 'Prefer a version that is already in the tree'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l engine-strict -d 'A package that does not support this node is an error'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l no-package-lock -d 'Switch off: read and write package-lock.json'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l package-lock-only -d 'Work on package-lock.json only; leave node_modules alone'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l no-format-package-lock -d 'Switch off: write package-lock.json indented'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l omit-lockfile-registry-resolved -d 'Write no resolved URLs of registry packages'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l sum -d 'Write denpm.sum'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l ignore-scripts -d 'Run no lifecycle scripts'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l foreground-scripts -d 'Dependencies\' scripts share this terminal, one at a time'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l strict-allow-scripts -d 'An unreviewed install script is an error'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l dangerously-allow-all-scripts -d 'Run every install script, reviewed or not'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l no-rebuild-bundle -d 'Switch off: rebuild bundled dependencies after the install'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand i" -s g -l global -d 'Work on the global prefix instead of this project'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l strict -d 'A warning of the policy is a refusal'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand i" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand i" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand i" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l save-prefix -d 'Prefix of saved ranges' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l install-strategy -d 'How packages are laid out in node_modules' -r -f -a "hoisted\t''
nested\t''
shallow\t''
linked\t''"
complete -c denpm -n "__fish_denpm_using_subcommand add" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand add" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand add" -l before -d 'Only versions published on or before this date' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l min-release-age -d 'Only versions at least this many days old' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l min-release-age-exclude -d 'Names or globs that may be younger' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l tag -d 'Tag to install where none is given' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l cpu -d 'Resolve for this CPU (process.arch) instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l os -d 'Resolve for this system (process.platform) instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l libc -d 'Resolve for this libc instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l lockfile-version -d 'Format of the lockfile to write' -r -f -a "1\t''
2\t''
3\t''"
complete -c denpm -n "__fish_denpm_using_subcommand add" -l replace-registry-host -d 'Which hosts in the lockfile are replaced by the registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l lock-resolved -d 'Which URL package-lock.json records' -r -f -a "canonical\t''
upstream\t''
omit\t''"
complete -c denpm -n "__fish_denpm_using_subcommand add" -l allow-scripts -d 'Packages whose install scripts may run (global installs)' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l script-shell -d 'Shell that runs scripts' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l allow-git -d 'Which dependencies may come from git' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand add" -l allow-file -d 'Which dependencies may be tarball files' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand add" -l allow-directory -d 'Which dependencies may be folders' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand add" -l allow-remote -d 'Which dependencies may come from a URL' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand add" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l registry-seed -d 'Seed of the choice of mirror, or random' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l quorum -d 'How many registries must agree on a version' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand add" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand add" -l no-save -d 'Switch off: write the change to package.json'
complete -c denpm -n "__fish_denpm_using_subcommand add" -s P -l save-prod -d 'Save as a regular dependency'
complete -c denpm -n "__fish_denpm_using_subcommand add" -s D -l save-dev -d 'Save as a dev dependency'
complete -c denpm -n "__fish_denpm_using_subcommand add" -s O -l save-optional -d 'Save as an optional dependency'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l save-peer -d 'Save as a peer dependency'
complete -c denpm -n "__fish_denpm_using_subcommand add" -s B -l save-bundle -d 'Save as a bundled dependency'
complete -c denpm -n "__fish_denpm_using_subcommand add" -s E -l save-exact -d 'Save exact versions'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l legacy-peer-deps -d 'Ignore peerDependencies'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l strict-peer-deps -d 'Every peer conflict is an error'
complete -c denpm -n "__fish_denpm_using_subcommand add" -s f -l force -d 'Go on in spite of conflicts and platform checks'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l no-bin-links -d 'Switch off: link executables of packages into node_modules/.bin'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l install-links -d 'Pack and copy file: dependencies instead of linking them'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l no-audit -d 'Switch off: ask the registry for known vulnerabilities after the install'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l no-fund -d 'Switch off: tell how many packages ask for funding'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l dry-run -d 'Report what would be done; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l prefer-dedupe -d 'Prefer a version that is already in the tree'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l engine-strict -d 'A package that does not support this node is an error'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l no-package-lock -d 'Switch off: read and write package-lock.json'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l package-lock-only -d 'Work on package-lock.json only; leave node_modules alone'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l no-format-package-lock -d 'Switch off: write package-lock.json indented'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l omit-lockfile-registry-resolved -d 'Write no resolved URLs of registry packages'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l sum -d 'Write denpm.sum'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l ignore-scripts -d 'Run no lifecycle scripts'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l foreground-scripts -d 'Dependencies\' scripts share this terminal, one at a time'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l strict-allow-scripts -d 'An unreviewed install script is an error'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l dangerously-allow-all-scripts -d 'Run every install script, reviewed or not'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l no-rebuild-bundle -d 'Switch off: rebuild bundled dependencies after the install'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand add" -s g -l global -d 'Work on the global prefix instead of this project'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l strict -d 'A warning of the policy is a refusal'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand add" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand add" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand add" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l install-strategy -d 'How packages are laid out in node_modules' -r -f -a "hoisted\t''
nested\t''
shallow\t''
linked\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l allow-scripts -d 'Packages whose install scripts may run (global installs)' -r
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l script-shell -d 'Shell that runs scripts' -r
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l allow-git -d 'Which dependencies may come from git' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l allow-file -d 'Which dependencies may be tarball files' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l allow-directory -d 'Which dependencies may be folders' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l allow-remote -d 'Which dependencies may come from a URL' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ci" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l registry-seed -d 'Seed of the choice of mirror, or random' -r
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l quorum -d 'How many registries must agree on a version' -r
complete -c denpm -n "__fish_denpm_using_subcommand ci" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l legacy-peer-deps -d 'Ignore peerDependencies'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l strict-peer-deps -d 'Every peer conflict is an error'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -s f -l force -d 'Go on in spite of conflicts and platform checks'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l no-bin-links -d 'Switch off: link executables of packages into node_modules/.bin'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l install-links -d 'Pack and copy file: dependencies instead of linking them'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l no-audit -d 'Switch off: ask the registry for known vulnerabilities after the install'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l no-fund -d 'Switch off: tell how many packages ask for funding'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l dry-run -d 'Report what would be done; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l ignore-scripts -d 'Run no lifecycle scripts'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l foreground-scripts -d 'Dependencies\' scripts share this terminal, one at a time'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l strict-allow-scripts -d 'An unreviewed install script is an error'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l dangerously-allow-all-scripts -d 'Run every install script, reviewed or not'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l no-rebuild-bundle -d 'Switch off: rebuild bundled dependencies after the install'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand ci" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l install-strategy -d 'How packages are laid out in node_modules' -r -f -a "hoisted\t''
nested\t''
shallow\t''
linked\t''"
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l allow-scripts -d 'Packages whose install scripts may run (global installs)' -r
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l script-shell -d 'Shell that runs scripts' -r
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l allow-git -d 'Which dependencies may come from git' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l allow-file -d 'Which dependencies may be tarball files' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l allow-directory -d 'Which dependencies may be folders' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l allow-remote -d 'Which dependencies may come from a URL' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l registry-seed -d 'Seed of the choice of mirror, or random' -r
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l quorum -d 'How many registries must agree on a version' -r
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l legacy-peer-deps -d 'Ignore peerDependencies'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l strict-peer-deps -d 'Every peer conflict is an error'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -s f -l force -d 'Go on in spite of conflicts and platform checks'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l no-bin-links -d 'Switch off: link executables of packages into node_modules/.bin'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l install-links -d 'Pack and copy file: dependencies instead of linking them'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l no-audit -d 'Switch off: ask the registry for known vulnerabilities after the install'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l no-fund -d 'Switch off: tell how many packages ask for funding'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l dry-run -d 'Report what would be done; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l ignore-scripts -d 'Run no lifecycle scripts'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l foreground-scripts -d 'Dependencies\' scripts share this terminal, one at a time'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l strict-allow-scripts -d 'An unreviewed install script is an error'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l dangerously-allow-all-scripts -d 'Run every install script, reviewed or not'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l no-rebuild-bundle -d 'Switch off: rebuild bundled dependencies after the install'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand clean-install" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l install-strategy -d 'How packages are laid out in node_modules' -r -f -a "hoisted\t''
nested\t''
shallow\t''
linked\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l allow-scripts -d 'Packages whose install scripts may run (global installs)' -r
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l script-shell -d 'Shell that runs scripts' -r
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l allow-git -d 'Which dependencies may come from git' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l allow-file -d 'Which dependencies may be tarball files' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l allow-directory -d 'Which dependencies may be folders' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l allow-remote -d 'Which dependencies may come from a URL' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ic" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l registry-seed -d 'Seed of the choice of mirror, or random' -r
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l quorum -d 'How many registries must agree on a version' -r
complete -c denpm -n "__fish_denpm_using_subcommand ic" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l legacy-peer-deps -d 'Ignore peerDependencies'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l strict-peer-deps -d 'Every peer conflict is an error'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -s f -l force -d 'Go on in spite of conflicts and platform checks'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l no-bin-links -d 'Switch off: link executables of packages into node_modules/.bin'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l install-links -d 'Pack and copy file: dependencies instead of linking them'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l no-audit -d 'Switch off: ask the registry for known vulnerabilities after the install'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l no-fund -d 'Switch off: tell how many packages ask for funding'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l dry-run -d 'Report what would be done; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l ignore-scripts -d 'Run no lifecycle scripts'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l foreground-scripts -d 'Dependencies\' scripts share this terminal, one at a time'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l strict-allow-scripts -d 'An unreviewed install script is an error'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l dangerously-allow-all-scripts -d 'Run every install script, reviewed or not'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l no-rebuild-bundle -d 'Switch off: rebuild bundled dependencies after the install'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand ic" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l save-prefix -d 'Prefix of saved ranges' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l install-strategy -d 'How packages are laid out in node_modules' -r -f -a "hoisted\t''
nested\t''
shallow\t''
linked\t''"
complete -c denpm -n "__fish_denpm_using_subcommand update" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand update" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand update" -l before -d 'Only versions published on or before this date' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l min-release-age -d 'Only versions at least this many days old' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l min-release-age-exclude -d 'Names or globs that may be younger' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l tag -d 'Tag to install where none is given' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l cpu -d 'Resolve for this CPU (process.arch) instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l os -d 'Resolve for this system (process.platform) instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l libc -d 'Resolve for this libc instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l lockfile-version -d 'Format of the lockfile to write' -r -f -a "1\t''
2\t''
3\t''"
complete -c denpm -n "__fish_denpm_using_subcommand update" -l replace-registry-host -d 'Which hosts in the lockfile are replaced by the registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l lock-resolved -d 'Which URL package-lock.json records' -r -f -a "canonical\t''
upstream\t''
omit\t''"
complete -c denpm -n "__fish_denpm_using_subcommand update" -l allow-scripts -d 'Packages whose install scripts may run (global installs)' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l script-shell -d 'Shell that runs scripts' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l unless -d 'Hold back updates that bring new-dep, new-script, publisher-new, downgrade, new-capability, major' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l registry-seed -d 'Seed of the choice of mirror, or random' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l quorum -d 'How many registries must agree on a version' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand update" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand update" -l no-save -d 'Switch off: write the change to package.json'
complete -c denpm -n "__fish_denpm_using_subcommand update" -s P -l save-prod -d 'Save as a regular dependency'
complete -c denpm -n "__fish_denpm_using_subcommand update" -s D -l save-dev -d 'Save as a dev dependency'
complete -c denpm -n "__fish_denpm_using_subcommand update" -s O -l save-optional -d 'Save as an optional dependency'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l save-peer -d 'Save as a peer dependency'
complete -c denpm -n "__fish_denpm_using_subcommand update" -s B -l save-bundle -d 'Save as a bundled dependency'
complete -c denpm -n "__fish_denpm_using_subcommand update" -s E -l save-exact -d 'Save exact versions'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l legacy-peer-deps -d 'Ignore peerDependencies'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l strict-peer-deps -d 'Every peer conflict is an error'
complete -c denpm -n "__fish_denpm_using_subcommand update" -s f -l force -d 'Go on in spite of conflicts and platform checks'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l no-bin-links -d 'Switch off: link executables of packages into node_modules/.bin'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l install-links -d 'Pack and copy file: dependencies instead of linking them'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l no-audit -d 'Switch off: ask the registry for known vulnerabilities after the install'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l no-fund -d 'Switch off: tell how many packages ask for funding'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l dry-run -d 'Report what would be done; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l prefer-dedupe -d 'Prefer a version that is already in the tree'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l engine-strict -d 'A package that does not support this node is an error'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l no-package-lock -d 'Switch off: read and write package-lock.json'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l package-lock-only -d 'Work on package-lock.json only; leave node_modules alone'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l no-format-package-lock -d 'Switch off: write package-lock.json indented'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l omit-lockfile-registry-resolved -d 'Write no resolved URLs of registry packages'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l sum -d 'Write denpm.sum'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l ignore-scripts -d 'Run no lifecycle scripts'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l foreground-scripts -d 'Dependencies\' scripts share this terminal, one at a time'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l strict-allow-scripts -d 'An unreviewed install script is an error'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l dangerously-allow-all-scripts -d 'Run every install script, reviewed or not'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l no-rebuild-bundle -d 'Switch off: rebuild bundled dependencies after the install'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand update" -s g -l global -d 'Work on the global prefix instead of this project'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l strict -d 'A warning of the policy is a refusal'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand update" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand update" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand update" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l save-prefix -d 'Prefix of saved ranges' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l install-strategy -d 'How packages are laid out in node_modules' -r -f -a "hoisted\t''
nested\t''
shallow\t''
linked\t''"
complete -c denpm -n "__fish_denpm_using_subcommand up" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand up" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand up" -l before -d 'Only versions published on or before this date' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l min-release-age -d 'Only versions at least this many days old' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l min-release-age-exclude -d 'Names or globs that may be younger' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l tag -d 'Tag to install where none is given' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l cpu -d 'Resolve for this CPU (process.arch) instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l os -d 'Resolve for this system (process.platform) instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l libc -d 'Resolve for this libc instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l lockfile-version -d 'Format of the lockfile to write' -r -f -a "1\t''
2\t''
3\t''"
complete -c denpm -n "__fish_denpm_using_subcommand up" -l replace-registry-host -d 'Which hosts in the lockfile are replaced by the registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l lock-resolved -d 'Which URL package-lock.json records' -r -f -a "canonical\t''
upstream\t''
omit\t''"
complete -c denpm -n "__fish_denpm_using_subcommand up" -l allow-scripts -d 'Packages whose install scripts may run (global installs)' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l script-shell -d 'Shell that runs scripts' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l unless -d 'Hold back updates that bring new-dep, new-script, publisher-new, downgrade, new-capability, major' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l registry-seed -d 'Seed of the choice of mirror, or random' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l quorum -d 'How many registries must agree on a version' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand up" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand up" -l no-save -d 'Switch off: write the change to package.json'
complete -c denpm -n "__fish_denpm_using_subcommand up" -s P -l save-prod -d 'Save as a regular dependency'
complete -c denpm -n "__fish_denpm_using_subcommand up" -s D -l save-dev -d 'Save as a dev dependency'
complete -c denpm -n "__fish_denpm_using_subcommand up" -s O -l save-optional -d 'Save as an optional dependency'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l save-peer -d 'Save as a peer dependency'
complete -c denpm -n "__fish_denpm_using_subcommand up" -s B -l save-bundle -d 'Save as a bundled dependency'
complete -c denpm -n "__fish_denpm_using_subcommand up" -s E -l save-exact -d 'Save exact versions'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l legacy-peer-deps -d 'Ignore peerDependencies'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l strict-peer-deps -d 'Every peer conflict is an error'
complete -c denpm -n "__fish_denpm_using_subcommand up" -s f -l force -d 'Go on in spite of conflicts and platform checks'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l no-bin-links -d 'Switch off: link executables of packages into node_modules/.bin'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l install-links -d 'Pack and copy file: dependencies instead of linking them'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l no-audit -d 'Switch off: ask the registry for known vulnerabilities after the install'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l no-fund -d 'Switch off: tell how many packages ask for funding'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l dry-run -d 'Report what would be done; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l prefer-dedupe -d 'Prefer a version that is already in the tree'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l engine-strict -d 'A package that does not support this node is an error'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l no-package-lock -d 'Switch off: read and write package-lock.json'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l package-lock-only -d 'Work on package-lock.json only; leave node_modules alone'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l no-format-package-lock -d 'Switch off: write package-lock.json indented'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l omit-lockfile-registry-resolved -d 'Write no resolved URLs of registry packages'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l sum -d 'Write denpm.sum'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l ignore-scripts -d 'Run no lifecycle scripts'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l foreground-scripts -d 'Dependencies\' scripts share this terminal, one at a time'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l strict-allow-scripts -d 'An unreviewed install script is an error'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l dangerously-allow-all-scripts -d 'Run every install script, reviewed or not'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l no-rebuild-bundle -d 'Switch off: rebuild bundled dependencies after the install'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand up" -s g -l global -d 'Work on the global prefix instead of this project'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l strict -d 'A warning of the policy is a refusal'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand up" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand up" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand up" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l save-prefix -d 'Prefix of saved ranges' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l install-strategy -d 'How packages are laid out in node_modules' -r -f -a "hoisted\t''
nested\t''
shallow\t''
linked\t''"
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l before -d 'Only versions published on or before this date' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l min-release-age -d 'Only versions at least this many days old' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l min-release-age-exclude -d 'Names or globs that may be younger' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l tag -d 'Tag to install where none is given' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l cpu -d 'Resolve for this CPU (process.arch) instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l os -d 'Resolve for this system (process.platform) instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l libc -d 'Resolve for this libc instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l lockfile-version -d 'Format of the lockfile to write' -r -f -a "1\t''
2\t''
3\t''"
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l replace-registry-host -d 'Which hosts in the lockfile are replaced by the registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l lock-resolved -d 'Which URL package-lock.json records' -r -f -a "canonical\t''
upstream\t''
omit\t''"
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l allow-scripts -d 'Packages whose install scripts may run (global installs)' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l script-shell -d 'Shell that runs scripts' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l unless -d 'Hold back updates that bring new-dep, new-script, publisher-new, downgrade, new-capability, major' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l registry-seed -d 'Seed of the choice of mirror, or random' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l quorum -d 'How many registries must agree on a version' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l no-save -d 'Switch off: write the change to package.json'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -s P -l save-prod -d 'Save as a regular dependency'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -s D -l save-dev -d 'Save as a dev dependency'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -s O -l save-optional -d 'Save as an optional dependency'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l save-peer -d 'Save as a peer dependency'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -s B -l save-bundle -d 'Save as a bundled dependency'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -s E -l save-exact -d 'Save exact versions'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l legacy-peer-deps -d 'Ignore peerDependencies'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l strict-peer-deps -d 'Every peer conflict is an error'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -s f -l force -d 'Go on in spite of conflicts and platform checks'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l no-bin-links -d 'Switch off: link executables of packages into node_modules/.bin'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l install-links -d 'Pack and copy file: dependencies instead of linking them'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l no-audit -d 'Switch off: ask the registry for known vulnerabilities after the install'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l no-fund -d 'Switch off: tell how many packages ask for funding'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l dry-run -d 'Report what would be done; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l prefer-dedupe -d 'Prefer a version that is already in the tree'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l engine-strict -d 'A package that does not support this node is an error'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l no-package-lock -d 'Switch off: read and write package-lock.json'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l package-lock-only -d 'Work on package-lock.json only; leave node_modules alone'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l no-format-package-lock -d 'Switch off: write package-lock.json indented'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l omit-lockfile-registry-resolved -d 'Write no resolved URLs of registry packages'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l sum -d 'Write denpm.sum'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l ignore-scripts -d 'Run no lifecycle scripts'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l foreground-scripts -d 'Dependencies\' scripts share this terminal, one at a time'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l strict-allow-scripts -d 'An unreviewed install script is an error'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l dangerously-allow-all-scripts -d 'Run every install script, reviewed or not'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l no-rebuild-bundle -d 'Switch off: rebuild bundled dependencies after the install'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -s g -l global -d 'Work on the global prefix instead of this project'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l strict -d 'A warning of the policy is a refusal'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand upgrade" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l save-prefix -d 'Prefix of saved ranges' -r
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l install-strategy -d 'How packages are laid out in node_modules' -r -f -a "hoisted\t''
nested\t''
shallow\t''
linked\t''"
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l lockfile-version -d 'Format of the lockfile to write' -r -f -a "1\t''
2\t''
3\t''"
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l replace-registry-host -d 'Which hosts in the lockfile are replaced by the registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l lock-resolved -d 'Which URL package-lock.json records' -r -f -a "canonical\t''
upstream\t''
omit\t''"
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l allow-scripts -d 'Packages whose install scripts may run (global installs)' -r
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l script-shell -d 'Shell that runs scripts' -r
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l no-save -d 'Switch off: write the change to package.json'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -s P -l save-prod -d 'Save as a regular dependency'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -s D -l save-dev -d 'Save as a dev dependency'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -s O -l save-optional -d 'Save as an optional dependency'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l save-peer -d 'Save as a peer dependency'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -s B -l save-bundle -d 'Save as a bundled dependency'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -s E -l save-exact -d 'Save exact versions'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l legacy-peer-deps -d 'Ignore peerDependencies'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l strict-peer-deps -d 'Every peer conflict is an error'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -s f -l force -d 'Go on in spite of conflicts and platform checks'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l no-bin-links -d 'Switch off: link executables of packages into node_modules/.bin'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l install-links -d 'Pack and copy file: dependencies instead of linking them'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l no-audit -d 'Switch off: ask the registry for known vulnerabilities after the install'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l no-fund -d 'Switch off: tell how many packages ask for funding'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l dry-run -d 'Report what would be done; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l no-package-lock -d 'Switch off: read and write package-lock.json'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l package-lock-only -d 'Work on package-lock.json only; leave node_modules alone'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l no-format-package-lock -d 'Switch off: write package-lock.json indented'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l omit-lockfile-registry-resolved -d 'Write no resolved URLs of registry packages'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l sum -d 'Write denpm.sum'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l ignore-scripts -d 'Run no lifecycle scripts'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l foreground-scripts -d 'Dependencies\' scripts share this terminal, one at a time'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l strict-allow-scripts -d 'An unreviewed install script is an error'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l dangerously-allow-all-scripts -d 'Run every install script, reviewed or not'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l no-rebuild-bundle -d 'Switch off: rebuild bundled dependencies after the install'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -s g -l global -d 'Work on the global prefix instead of this project'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand uninstall" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l save-prefix -d 'Prefix of saved ranges' -r
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l install-strategy -d 'How packages are laid out in node_modules' -r -f -a "hoisted\t''
nested\t''
shallow\t''
linked\t''"
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l lockfile-version -d 'Format of the lockfile to write' -r -f -a "1\t''
2\t''
3\t''"
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l replace-registry-host -d 'Which hosts in the lockfile are replaced by the registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l lock-resolved -d 'Which URL package-lock.json records' -r -f -a "canonical\t''
upstream\t''
omit\t''"
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l allow-scripts -d 'Packages whose install scripts may run (global installs)' -r
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l script-shell -d 'Shell that runs scripts' -r
complete -c denpm -n "__fish_denpm_using_subcommand remove" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand remove" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l no-save -d 'Switch off: write the change to package.json'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -s P -l save-prod -d 'Save as a regular dependency'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -s D -l save-dev -d 'Save as a dev dependency'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -s O -l save-optional -d 'Save as an optional dependency'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l save-peer -d 'Save as a peer dependency'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -s B -l save-bundle -d 'Save as a bundled dependency'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -s E -l save-exact -d 'Save exact versions'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l legacy-peer-deps -d 'Ignore peerDependencies'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l strict-peer-deps -d 'Every peer conflict is an error'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -s f -l force -d 'Go on in spite of conflicts and platform checks'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l no-bin-links -d 'Switch off: link executables of packages into node_modules/.bin'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l install-links -d 'Pack and copy file: dependencies instead of linking them'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l no-audit -d 'Switch off: ask the registry for known vulnerabilities after the install'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l no-fund -d 'Switch off: tell how many packages ask for funding'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l dry-run -d 'Report what would be done; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l no-package-lock -d 'Switch off: read and write package-lock.json'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l package-lock-only -d 'Work on package-lock.json only; leave node_modules alone'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l no-format-package-lock -d 'Switch off: write package-lock.json indented'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l omit-lockfile-registry-resolved -d 'Write no resolved URLs of registry packages'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l sum -d 'Write denpm.sum'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l ignore-scripts -d 'Run no lifecycle scripts'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l foreground-scripts -d 'Dependencies\' scripts share this terminal, one at a time'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l strict-allow-scripts -d 'An unreviewed install script is an error'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l dangerously-allow-all-scripts -d 'Run every install script, reviewed or not'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l no-rebuild-bundle -d 'Switch off: rebuild bundled dependencies after the install'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -s g -l global -d 'Work on the global prefix instead of this project'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand remove" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l save-prefix -d 'Prefix of saved ranges' -r
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l install-strategy -d 'How packages are laid out in node_modules' -r -f -a "hoisted\t''
nested\t''
shallow\t''
linked\t''"
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l lockfile-version -d 'Format of the lockfile to write' -r -f -a "1\t''
2\t''
3\t''"
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l replace-registry-host -d 'Which hosts in the lockfile are replaced by the registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l lock-resolved -d 'Which URL package-lock.json records' -r -f -a "canonical\t''
upstream\t''
omit\t''"
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l allow-scripts -d 'Packages whose install scripts may run (global installs)' -r
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l script-shell -d 'Shell that runs scripts' -r
complete -c denpm -n "__fish_denpm_using_subcommand rm" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand rm" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l no-save -d 'Switch off: write the change to package.json'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -s P -l save-prod -d 'Save as a regular dependency'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -s D -l save-dev -d 'Save as a dev dependency'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -s O -l save-optional -d 'Save as an optional dependency'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l save-peer -d 'Save as a peer dependency'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -s B -l save-bundle -d 'Save as a bundled dependency'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -s E -l save-exact -d 'Save exact versions'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l legacy-peer-deps -d 'Ignore peerDependencies'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l strict-peer-deps -d 'Every peer conflict is an error'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -s f -l force -d 'Go on in spite of conflicts and platform checks'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l no-bin-links -d 'Switch off: link executables of packages into node_modules/.bin'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l install-links -d 'Pack and copy file: dependencies instead of linking them'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l no-audit -d 'Switch off: ask the registry for known vulnerabilities after the install'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l no-fund -d 'Switch off: tell how many packages ask for funding'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l dry-run -d 'Report what would be done; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l no-package-lock -d 'Switch off: read and write package-lock.json'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l package-lock-only -d 'Work on package-lock.json only; leave node_modules alone'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l no-format-package-lock -d 'Switch off: write package-lock.json indented'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l omit-lockfile-registry-resolved -d 'Write no resolved URLs of registry packages'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l sum -d 'Write denpm.sum'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l ignore-scripts -d 'Run no lifecycle scripts'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l foreground-scripts -d 'Dependencies\' scripts share this terminal, one at a time'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l strict-allow-scripts -d 'An unreviewed install script is an error'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l dangerously-allow-all-scripts -d 'Run every install script, reviewed or not'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l no-rebuild-bundle -d 'Switch off: rebuild bundled dependencies after the install'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -s g -l global -d 'Work on the global prefix instead of this project'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand rm" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l save-prefix -d 'Prefix of saved ranges' -r
complete -c denpm -n "__fish_denpm_using_subcommand un" -l install-strategy -d 'How packages are laid out in node_modules' -r -f -a "hoisted\t''
nested\t''
shallow\t''
linked\t''"
complete -c denpm -n "__fish_denpm_using_subcommand un" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand un" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand un" -l lockfile-version -d 'Format of the lockfile to write' -r -f -a "1\t''
2\t''
3\t''"
complete -c denpm -n "__fish_denpm_using_subcommand un" -l replace-registry-host -d 'Which hosts in the lockfile are replaced by the registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand un" -l lock-resolved -d 'Which URL package-lock.json records' -r -f -a "canonical\t''
upstream\t''
omit\t''"
complete -c denpm -n "__fish_denpm_using_subcommand un" -l allow-scripts -d 'Packages whose install scripts may run (global installs)' -r
complete -c denpm -n "__fish_denpm_using_subcommand un" -l script-shell -d 'Shell that runs scripts' -r
complete -c denpm -n "__fish_denpm_using_subcommand un" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand un" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand un" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand un" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand un" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand un" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand un" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand un" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand un" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand un" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand un" -l no-save -d 'Switch off: write the change to package.json'
complete -c denpm -n "__fish_denpm_using_subcommand un" -s P -l save-prod -d 'Save as a regular dependency'
complete -c denpm -n "__fish_denpm_using_subcommand un" -s D -l save-dev -d 'Save as a dev dependency'
complete -c denpm -n "__fish_denpm_using_subcommand un" -s O -l save-optional -d 'Save as an optional dependency'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l save-peer -d 'Save as a peer dependency'
complete -c denpm -n "__fish_denpm_using_subcommand un" -s B -l save-bundle -d 'Save as a bundled dependency'
complete -c denpm -n "__fish_denpm_using_subcommand un" -s E -l save-exact -d 'Save exact versions'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l legacy-peer-deps -d 'Ignore peerDependencies'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l strict-peer-deps -d 'Every peer conflict is an error'
complete -c denpm -n "__fish_denpm_using_subcommand un" -s f -l force -d 'Go on in spite of conflicts and platform checks'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l no-bin-links -d 'Switch off: link executables of packages into node_modules/.bin'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l install-links -d 'Pack and copy file: dependencies instead of linking them'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l no-audit -d 'Switch off: ask the registry for known vulnerabilities after the install'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l no-fund -d 'Switch off: tell how many packages ask for funding'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l dry-run -d 'Report what would be done; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l no-package-lock -d 'Switch off: read and write package-lock.json'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l package-lock-only -d 'Work on package-lock.json only; leave node_modules alone'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l no-format-package-lock -d 'Switch off: write package-lock.json indented'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l omit-lockfile-registry-resolved -d 'Write no resolved URLs of registry packages'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l sum -d 'Write denpm.sum'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l ignore-scripts -d 'Run no lifecycle scripts'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l foreground-scripts -d 'Dependencies\' scripts share this terminal, one at a time'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l strict-allow-scripts -d 'An unreviewed install script is an error'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l dangerously-allow-all-scripts -d 'Run every install script, reviewed or not'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l no-rebuild-bundle -d 'Switch off: rebuild bundled dependencies after the install'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand un" -s g -l global -d 'Work on the global prefix instead of this project'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand un" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand un" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand un" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l install-strategy -d 'How packages are laid out in node_modules' -r -f -a "hoisted\t''
nested\t''
shallow\t''
linked\t''"
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l lockfile-version -d 'Format of the lockfile to write' -r -f -a "1\t''
2\t''
3\t''"
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l replace-registry-host -d 'Which hosts in the lockfile are replaced by the registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l lock-resolved -d 'Which URL package-lock.json records' -r -f -a "canonical\t''
upstream\t''
omit\t''"
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l allow-scripts -d 'Packages whose install scripts may run (global installs)' -r
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l script-shell -d 'Shell that runs scripts' -r
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l allow-git -d 'Which dependencies may come from git' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l allow-file -d 'Which dependencies may be tarball files' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l allow-directory -d 'Which dependencies may be folders' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l allow-remote -d 'Which dependencies may come from a URL' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l legacy-peer-deps -d 'Ignore peerDependencies'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l strict-peer-deps -d 'Every peer conflict is an error'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -s f -l force -d 'Go on in spite of conflicts and platform checks'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l no-bin-links -d 'Switch off: link executables of packages into node_modules/.bin'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l install-links -d 'Pack and copy file: dependencies instead of linking them'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l no-audit -d 'Switch off: ask the registry for known vulnerabilities after the install'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l no-fund -d 'Switch off: tell how many packages ask for funding'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l dry-run -d 'Report what would be done; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l no-package-lock -d 'Switch off: read and write package-lock.json'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l package-lock-only -d 'Work on package-lock.json only; leave node_modules alone'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l no-format-package-lock -d 'Switch off: write package-lock.json indented'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l omit-lockfile-registry-resolved -d 'Write no resolved URLs of registry packages'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l sum -d 'Write denpm.sum'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l ignore-scripts -d 'Run no lifecycle scripts'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l foreground-scripts -d 'Dependencies\' scripts share this terminal, one at a time'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l strict-allow-scripts -d 'An unreviewed install script is an error'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l dangerously-allow-all-scripts -d 'Run every install script, reviewed or not'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l no-rebuild-bundle -d 'Switch off: rebuild bundled dependencies after the install'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand dedupe" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l install-strategy -d 'How packages are laid out in node_modules' -r -f -a "hoisted\t''
nested\t''
shallow\t''
linked\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l lockfile-version -d 'Format of the lockfile to write' -r -f -a "1\t''
2\t''
3\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l replace-registry-host -d 'Which hosts in the lockfile are replaced by the registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l lock-resolved -d 'Which URL package-lock.json records' -r -f -a "canonical\t''
upstream\t''
omit\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l allow-scripts -d 'Packages whose install scripts may run (global installs)' -r
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l script-shell -d 'Shell that runs scripts' -r
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l allow-git -d 'Which dependencies may come from git' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l allow-file -d 'Which dependencies may be tarball files' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l allow-directory -d 'Which dependencies may be folders' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l allow-remote -d 'Which dependencies may come from a URL' -r -f -a "all\t''
none\t''
root\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l legacy-peer-deps -d 'Ignore peerDependencies'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l strict-peer-deps -d 'Every peer conflict is an error'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -s f -l force -d 'Go on in spite of conflicts and platform checks'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l no-bin-links -d 'Switch off: link executables of packages into node_modules/.bin'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l install-links -d 'Pack and copy file: dependencies instead of linking them'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l no-audit -d 'Switch off: ask the registry for known vulnerabilities after the install'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l no-fund -d 'Switch off: tell how many packages ask for funding'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l dry-run -d 'Report what would be done; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l no-package-lock -d 'Switch off: read and write package-lock.json'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l package-lock-only -d 'Work on package-lock.json only; leave node_modules alone'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l no-format-package-lock -d 'Switch off: write package-lock.json indented'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l omit-lockfile-registry-resolved -d 'Write no resolved URLs of registry packages'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l sum -d 'Write denpm.sum'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l ignore-scripts -d 'Run no lifecycle scripts'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l foreground-scripts -d 'Dependencies\' scripts share this terminal, one at a time'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l strict-allow-scripts -d 'An unreviewed install script is an error'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l dangerously-allow-all-scripts -d 'Run every install script, reviewed or not'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l no-rebuild-bundle -d 'Switch off: rebuild bundled dependencies after the install'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand ddp" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l install-strategy -d 'How packages are laid out in node_modules' -r -f -a "hoisted\t''
nested\t''
shallow\t''
linked\t''"
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l allow-scripts -d 'Packages whose install scripts may run (global installs)' -r
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l script-shell -d 'Shell that runs scripts' -r
complete -c denpm -n "__fish_denpm_using_subcommand prune" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand prune" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l legacy-peer-deps -d 'Ignore peerDependencies'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l strict-peer-deps -d 'Every peer conflict is an error'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -s f -l force -d 'Go on in spite of conflicts and platform checks'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l no-bin-links -d 'Switch off: link executables of packages into node_modules/.bin'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l install-links -d 'Pack and copy file: dependencies instead of linking them'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l no-audit -d 'Switch off: ask the registry for known vulnerabilities after the install'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l no-fund -d 'Switch off: tell how many packages ask for funding'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l dry-run -d 'Report what would be done; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l ignore-scripts -d 'Run no lifecycle scripts'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l foreground-scripts -d 'Dependencies\' scripts share this terminal, one at a time'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l strict-allow-scripts -d 'An unreviewed install script is an error'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l dangerously-allow-all-scripts -d 'Run every install script, reviewed or not'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l no-rebuild-bundle -d 'Switch off: rebuild bundled dependencies after the install'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand prune" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l depth -d 'How deep a listing goes' -r
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ls" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand ls" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand ls" -s a -l all -d 'Act on all packages, not only on direct dependencies'
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand ls" -s l -l long -d 'Show more of each package'
complete -c denpm -n "__fish_denpm_using_subcommand ls" -s p -l parseable -d 'Print tab-separated lines'
complete -c denpm -n "__fish_denpm_using_subcommand ls" -s g -l global -d 'Work on the global prefix instead of this project'
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l link -d 'List only linked packages'
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l package-lock-only -d 'Work on package-lock.json only; leave node_modules alone'
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l unicode -d 'Draw trees with Unicode characters'
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand ls" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand ls" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand ls" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand list" -l depth -d 'How deep a listing goes' -r
complete -c denpm -n "__fish_denpm_using_subcommand list" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand list" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand list" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand list" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand list" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand list" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand list" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand list" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand list" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand list" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand list" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand list" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand list" -s a -l all -d 'Act on all packages, not only on direct dependencies'
complete -c denpm -n "__fish_denpm_using_subcommand list" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand list" -s l -l long -d 'Show more of each package'
complete -c denpm -n "__fish_denpm_using_subcommand list" -s p -l parseable -d 'Print tab-separated lines'
complete -c denpm -n "__fish_denpm_using_subcommand list" -s g -l global -d 'Work on the global prefix instead of this project'
complete -c denpm -n "__fish_denpm_using_subcommand list" -l link -d 'List only linked packages'
complete -c denpm -n "__fish_denpm_using_subcommand list" -l package-lock-only -d 'Work on package-lock.json only; leave node_modules alone'
complete -c denpm -n "__fish_denpm_using_subcommand list" -l unicode -d 'Draw trees with Unicode characters'
complete -c denpm -n "__fish_denpm_using_subcommand list" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand list" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand list" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand list" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand list" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand list" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand list" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand list" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand list" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand list" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l depth -d 'How deep a listing goes' -r
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ll" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand ll" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand ll" -s a -l all -d 'Act on all packages, not only on direct dependencies'
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand ll" -s l -l long -d 'Show more of each package'
complete -c denpm -n "__fish_denpm_using_subcommand ll" -s p -l parseable -d 'Print tab-separated lines'
complete -c denpm -n "__fish_denpm_using_subcommand ll" -s g -l global -d 'Work on the global prefix instead of this project'
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l link -d 'List only linked packages'
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l package-lock-only -d 'Work on package-lock.json only; leave node_modules alone'
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l unicode -d 'Draw trees with Unicode characters'
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand ll" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand ll" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand ll" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand la" -l depth -d 'How deep a listing goes' -r
complete -c denpm -n "__fish_denpm_using_subcommand la" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand la" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand la" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand la" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand la" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand la" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand la" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand la" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand la" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand la" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand la" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand la" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand la" -s a -l all -d 'Act on all packages, not only on direct dependencies'
complete -c denpm -n "__fish_denpm_using_subcommand la" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand la" -s l -l long -d 'Show more of each package'
complete -c denpm -n "__fish_denpm_using_subcommand la" -s p -l parseable -d 'Print tab-separated lines'
complete -c denpm -n "__fish_denpm_using_subcommand la" -s g -l global -d 'Work on the global prefix instead of this project'
complete -c denpm -n "__fish_denpm_using_subcommand la" -l link -d 'List only linked packages'
complete -c denpm -n "__fish_denpm_using_subcommand la" -l package-lock-only -d 'Work on package-lock.json only; leave node_modules alone'
complete -c denpm -n "__fish_denpm_using_subcommand la" -l unicode -d 'Draw trees with Unicode characters'
complete -c denpm -n "__fish_denpm_using_subcommand la" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand la" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand la" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand la" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand la" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand la" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand la" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand la" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand la" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand la" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand explain" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand explain" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand explain" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand explain" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand explain" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand explain" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand explain" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand explain" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand explain" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand explain" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand explain" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand explain" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand explain" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand explain" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand explain" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand explain" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand explain" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand explain" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand explain" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand explain" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand explain" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand why" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand why" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand why" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand why" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand why" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand why" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand why" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand why" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand why" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand why" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand why" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand why" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand why" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand why" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand why" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand why" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand why" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand why" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand why" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand why" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand why" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l before -d 'Only versions published on or before this date' -r
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l min-release-age -d 'Only versions at least this many days old' -r
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l min-release-age-exclude -d 'Names or globs that may be younger' -r
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -s a -l all -d 'Act on all packages, not only on direct dependencies'
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -s l -l long -d 'Show more of each package'
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -s p -l parseable -d 'Print tab-separated lines'
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -s g -l global -d 'Work on the global prefix instead of this project'
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand outdated" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -s a -l all -d 'Act on all packages, not only on direct dependencies'
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -l allow-scripts-pending -d 'List packages with unreviewed install scripts; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -l no-allow-scripts-pin -d 'Switch off: write name@version rather than the bare name to allowScripts'
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand approve-scripts" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -s a -l all -d 'Act on all packages, not only on direct dependencies'
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -l allow-scripts-pending -d 'List packages with unreviewed install scripts; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -l no-allow-scripts-pin -d 'Switch off: write name@version rather than the bare name to allowScripts'
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand deny-scripts" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -s a -l all -d 'Act on all packages, not only on direct dependencies'
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -l allow-scripts-pending -d 'List packages with unreviewed install scripts; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -l no-allow-scripts-pin -d 'Switch off: write name@version rather than the bare name to allowScripts'
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -l dry-run -d 'Report what would be done; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand install-scripts" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l omit -d 'Dependency types to leave off the disk' -r -f -a "dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l include -d 'Dependency types to install even where omitted' -r -f -a "prod\t''
dev\t''
optional\t''
peer\t''"
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -s w -l workspace -d 'Work on this workspace (name, folder, or parent folder)' -r
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l include-attestations -d 'With --json, print the attestation bundles'
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l workspaces -d 'Work on all workspaces'
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l include-workspace-root -d 'With workspaces, work on the root too'
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand audit-signatures" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand policy" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand policy" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand policy" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand policy" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand policy" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand policy" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand policy" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand policy" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand policy" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand policy" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand policy" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand policy" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand policy" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand policy" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand policy" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand policy" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand policy" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand policy" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand pin" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand pin" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand pin" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand pin" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand pin" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand pin" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand pin" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand pin" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand pin" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand pin" -l dry-run -d 'Report what would be done; change nothing'
complete -c denpm -n "__fish_denpm_using_subcommand pin" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand pin" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand pin" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand pin" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand pin" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand pin" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand pin" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand pin" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand verify" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand verify" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand verify" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand verify" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand verify" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand verify" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand verify" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand verify" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand verify" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand verify" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand verify" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand verify" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand verify" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand verify" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand verify" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand verify" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand verify" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand verify" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand review" -l format -d 'How findings are written' -r -f -a "text\t''
json\t''
markdown\t''
sarif\t''
github\t''"
complete -c denpm -n "__fish_denpm_using_subcommand review" -l before -d 'Only versions published on or before this date' -r
complete -c denpm -n "__fish_denpm_using_subcommand review" -l min-release-age -d 'Only versions at least this many days old' -r
complete -c denpm -n "__fish_denpm_using_subcommand review" -l min-release-age-exclude -d 'Names or globs that may be younger' -r
complete -c denpm -n "__fish_denpm_using_subcommand review" -l tag -d 'Tag to install where none is given' -r
complete -c denpm -n "__fish_denpm_using_subcommand review" -l cpu -d 'Resolve for this CPU (process.arch) instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand review" -l os -d 'Resolve for this system (process.platform) instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand review" -l libc -d 'Resolve for this libc instead of this machine\'s' -r
complete -c denpm -n "__fish_denpm_using_subcommand review" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand review" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand review" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand review" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand review" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand review" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand review" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand review" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand review" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand review" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand review" -l strict -d 'A warning of the policy is a refusal'
complete -c denpm -n "__fish_denpm_using_subcommand review" -s l -l long -d 'Show more of each package'
complete -c denpm -n "__fish_denpm_using_subcommand review" -l prefer-dedupe -d 'Prefer a version that is already in the tree'
complete -c denpm -n "__fish_denpm_using_subcommand review" -l engine-strict -d 'A package that does not support this node is an error'
complete -c denpm -n "__fish_denpm_using_subcommand review" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand review" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand review" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand review" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand review" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand review" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand review" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand review" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -l baseline -d 'What to compare with: a tarball, a folder, a version' -r
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -s l -l long -d 'Show more of each package'
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -l strict -d 'A warning of the policy is a refusal'
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand inspect" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand diff" -l format -d 'How findings are written' -r -f -a "text\t''
json\t''
markdown\t''
sarif\t''
github\t''"
complete -c denpm -n "__fish_denpm_using_subcommand diff" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand diff" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand diff" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand diff" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand diff" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand diff" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand diff" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand diff" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand diff" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand diff" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand diff" -l strict -d 'A warning of the policy is a refusal'
complete -c denpm -n "__fish_denpm_using_subcommand diff" -s l -l long -d 'Show more of each package'
complete -c denpm -n "__fish_denpm_using_subcommand diff" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand diff" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand diff" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand diff" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand diff" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand diff" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand diff" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand diff" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l evidence -d 'Hash of the evidence that is accepted' -r
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l integrity -d 'Integrity of the version that is accepted' -r
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l reason -d 'Why it is accepted' -r
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l until -d 'The last day on which it is accepted' -r
complete -c denpm -n "__fish_denpm_using_subcommand ack" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l stale -d 'List what accepts nothing any more'
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand ack" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand ack" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand ack" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand authors" -l by -d 'What authors are listed by' -r -f -a "person\t''
package\t''"
complete -c denpm -n "__fish_denpm_using_subcommand authors" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand authors" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand authors" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand authors" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand authors" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand authors" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand authors" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand authors" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand authors" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand authors" -l sole -d 'Only packages that one account alone published'
complete -c denpm -n "__fish_denpm_using_subcommand authors" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand authors" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand authors" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand authors" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand authors" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand authors" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand authors" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand authors" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand authors" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand risk" -l top -d 'How many packages are listed; 0 lists all' -r
complete -c denpm -n "__fish_denpm_using_subcommand risk" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand risk" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand risk" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand risk" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand risk" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand risk" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand risk" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand risk" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand risk" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand risk" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand risk" -s l -l long -d 'Show more of each package'
complete -c denpm -n "__fish_denpm_using_subcommand risk" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand risk" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand risk" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand risk" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand risk" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand risk" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand risk" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand risk" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -l baseline -d 'What to compare with: a tarball, a folder, a version' -r
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -l diff -d 'An earlier package-lock.json to compare with' -r
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -l export -d 'Write powers as another tool\'s policy: lavamoat' -r -f -a "lavamoat\t''"
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand capabilities" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -l repo -d 'A clone of the repository, or a folder with its files' -r
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -l strict -d 'A warning of the policy is a refusal'
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand verify-source" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand registries" -l registry-seed -d 'Seed of the choice of mirror, or random' -r
complete -c denpm -n "__fish_denpm_using_subcommand registries" -l quorum -d 'How many registries must agree on a version' -r
complete -c denpm -n "__fish_denpm_using_subcommand registries" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand registries" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand registries" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand registries" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand registries" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand registries" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand registries" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand registries" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand registries" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand registries" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand registries" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand registries" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand registries" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand registries" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand registries" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand registries" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand registries" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand registries" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l log-key -d 'File with a private key of a log or witness' -r
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l log-namespace -d 'Namespace of what is added to a log' -r
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l log-index -d 'File of this process\'s index of a log' -r
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l origin -d 'Name in the checkpoints of a new log' -r
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l sources -d 'Registries that must agree before a version is logged' -r
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l witness-policy -d 'tlog-policy file whose witnesses a log asks before it publishes' -r
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l predecessor -d 'Last checkpoint of the log that a new one continues' -r
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l listen -d 'Address and port to listen at' -r
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l from -d 'First record to look at' -r
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l cosigner -d 'Make the key of a witness'
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand sumdb" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand serve" -l registry-seed -d 'Seed of the choice of mirror, or random' -r
complete -c denpm -n "__fish_denpm_using_subcommand serve" -l quorum -d 'How many registries must agree on a version' -r
complete -c denpm -n "__fish_denpm_using_subcommand serve" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand serve" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand serve" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand serve" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand serve" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand serve" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand serve" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand serve" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand serve" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand serve" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand serve" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand serve" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand serve" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand serve" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand serve" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand serve" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand serve" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand vet" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand vet" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand vet" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand vet" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand vet" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand vet" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand vet" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand vet" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand vet" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand vet" -l json -d 'Print JSON'
complete -c denpm -n "__fish_denpm_using_subcommand vet" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand vet" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand vet" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand vet" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand vet" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand vet" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand vet" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand vet" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand approve" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand approve" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand approve" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand approve" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand approve" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand approve" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand approve" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand approve" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand approve" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand approve" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand approve" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand approve" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand approve" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand approve" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand approve" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand approve" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand approve" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand completions" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand completions" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand completions" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand completions" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand completions" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand completions" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand completions" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand completions" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand completions" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand completions" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand completions" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand completions" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand completions" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand completions" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand completions" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand completions" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand completions" -s h -l help -d 'Print help'
complete -c denpm -n "__fish_denpm_using_subcommand man" -l dir -d 'Folder that generated man pages are written to' -r
complete -c denpm -n "__fish_denpm_using_subcommand man" -s C -l prefix -d 'Work in this folder; with --global, the global prefix' -r
complete -c denpm -n "__fish_denpm_using_subcommand man" -l registry -d 'The registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand man" -l userconfig -d 'The user\'s config file' -r
complete -c denpm -n "__fish_denpm_using_subcommand man" -l cache -d 'npm\'s cache folder; denpm keeps its own in <cache>/_denpm' -r
complete -c denpm -n "__fish_denpm_using_subcommand man" -l loglevel -d 'How much to say on stderr' -r -f -a "silent\t''
error\t''
warn\t''
notice\t''
http\t''
info\t''
verbose\t''
silly\t''"
complete -c denpm -n "__fish_denpm_using_subcommand man" -l cafile -d 'File with trusted certificate authorities, PEM' -r
complete -c denpm -n "__fish_denpm_using_subcommand man" -l fetch-retries -d 'How often a failed request is repeated' -r
complete -c denpm -n "__fish_denpm_using_subcommand man" -l fetch-timeout -d 'Longest wait for an answer, in milliseconds' -r
complete -c denpm -n "__fish_denpm_using_subcommand man" -l maxsockets -d 'Most connections to one registry' -r
complete -c denpm -n "__fish_denpm_using_subcommand man" -l offline -d 'Use the cache only'
complete -c denpm -n "__fish_denpm_using_subcommand man" -l prefer-offline -d 'Do not check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand man" -l prefer-online -d 'Always check whether cached data is fresh'
complete -c denpm -n "__fish_denpm_using_subcommand man" -l color -d 'Colours: true on a terminal, or always'
complete -c denpm -n "__fish_denpm_using_subcommand man" -l progress -d 'Show progress on a terminal'
complete -c denpm -n "__fish_denpm_using_subcommand man" -l no-strict-ssl -d 'Switch off: check the registry\'s certificate'
complete -c denpm -n "__fish_denpm_using_subcommand man" -s s -l silent -d 'Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly'
complete -c denpm -n "__fish_denpm_using_subcommand man" -s h -l help -d 'Print help'
