//! What is promised of config, as tests.

use std::{fs, time::Duration};

use super::{
    options::{DependencyType, InstallStrategy, LogLevel, SaveType},
    *,
};

const DAY: Duration = Duration::from_hours(24);

/// A project, a home and a global prefix on disk.
struct Place {
    root: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { root: tempfile::tempdir().expect("a folder") };
        place.write("project/package.json", "{}");
        place.write("home/.keep", "");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().canonicalize().expect("a root").join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.path(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("folders");
        fs::write(file, text).expect("a file");
    }

    fn try_load(&self, words: &str, env: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::load(self.sources(words, env, "project"))
    }

    fn load(&self, words: &str, env: &[(&str, &str)]) -> Config {
        self.try_load(words, env).expect("settings")
    }

    fn sources(&self, words: &str, env: &[(&str, &str)], cwd: &str) -> Sources {
        let prefix = self.path("global").to_string_lossy().into_owned();
        let env = env.iter().copied().chain([("PREFIX", prefix.as_str())]).collect();
        Sources {
            command_line: CommandLine::parse(words.split_whitespace()),
            env,
            cwd: self.path(cwd),
            home: self.path("home"),
            node: None,
            npm: None,
            terminal: Terminal::default(),
            now: SystemTime::UNIX_EPOCH + DAY * 20_000,
        }
    }
}

fn options(words: &str) -> Options {
    Options::from_config(&Place::new().load(words, &[])).expect("options")
}

fn lines(config: &Config) -> Vec<String> {
    let texts = config.messages().iter().map(|event| match event {
        Event::Log { prefix, lines, .. } => format!("{prefix} {}", lines.join("\n")),
        other => format!("{other:?}"),
    });
    texts.map(|text| text.trim().to_owned()).collect()
}

#[test]
fn strongest_origin_wins() {
    let place = Place::new();
    place.write("global/etc/npmrc", "tag=global");
    let origin_of = |words, env: &[(&str, &str)]| {
        let config = place.load(words, env);
        let found = config.get("tag").expect("a tag");
        (found.value.as_text().expect("text").to_owned(), found.origin)
    };
    assert_eq!(origin_of("", &[]), ("global".to_owned(), Origin::Global));
    place.write("home/.npmrc", "tag=user");
    assert_eq!(origin_of("", &[]), ("user".to_owned(), Origin::User));
    place.write("project/.npmrc", "tag=project");
    assert_eq!(origin_of("", &[]), ("project".to_owned(), Origin::Project));
    let env = &[("NPM_Config_TAG", "env")];
    assert_eq!(origin_of("", env), ("env".to_owned(), Origin::Env));
    assert_eq!(origin_of("--tag cli", env), ("cli".to_owned(), Origin::Cli));
    assert_eq!(origin_of("", &[("npm_config_tag", "")]).1, Origin::Project);
}

#[test]
fn environment_keys_are_normalised_except_those_of_registries() {
    let config = Place::new().load(
        "",
        &[("NPM_CONFIG_SAVE_EXACT", "true"), ("npm_config_//h.example/:_authToken", "t")],
    );
    assert!(config.is_set("save-exact"));
    assert!(config.get("//h.example/:_authToken").is_some());
}

#[test]
fn variables_are_replaced_as_npm_replaces_them() {
    let env: Env = [("A", "x"), ("B", "")].into_iter().collect();
    let cases = [
        ("${A}", "x"),
        ("a${A}b${A}", "axbx"),
        ("${B}", ""),
        ("${NONE}", "${NONE}"),
        ("${NONE?}", ""),
        ("${A?}", "x"),
        (r"\${A}", "${A}"),
        (r"\\${A}", r"\x"),
        (r"\\\${A}", r"\${A}"),
        ("${A${A}}", "${Ax}"),
        ("${}", "${}"),
        ("$A", "$A"),
        ("${A", "${A"),
    ];
    for (text, expected) in cases {
        assert_eq!(replace_env(text, &env), expected, "{text}");
    }
}

#[test]
fn variables_are_replaced_in_keys_too() {
    let place = Place::new();
    place.write("project/.npmrc", "//${HOST}/:_authToken=${TOKEN}");
    let config = place.load("", &[("HOST", "h.example"), ("TOKEN", "abc")]);
    assert_eq!(config.text("//h.example/:_authToken"), Some("abc"));
}

#[test]
fn credentials_are_found_by_walking_the_path_up() {
    let place = Place::new();
    place.write(
        "home/.npmrc",
        "//h.example/:_authToken=root\n//h.example/a/b/:_authToken=deep\n\
         //h.example:8080/:_authToken=port\n//k.example/x:_auth=YTpi\n\
         //u.example/:username=me\n//u.example/:_password=c2VjcmV0\n\
         //c.example/:certfile=/c.pem\n//c.example/:keyfile=/k.pem\n",
    );
    let credentials = Credentials::from_layers(place.load("", &[]).layers());
    let at = |url: &str| credentials.for_url(&url::Url::parse(url).expect("a URL"));
    let cases = [
        ("https://h.example/pkg", Some("//h.example/")),
        ("https://h.example/a/b/pkg/-/pkg-1.tgz", Some("//h.example/a/b/")),
        ("https://h.example/a/pkg", Some("//h.example/")),
        ("https://h.example:8080/pkg", Some("//h.example:8080/")),
        ("https://h.example:9090/pkg", None),
        ("https://sub.h.example/pkg", None),
        ("https://k.example/x/pkg", Some("//k.example/x")),
        ("https://k.example/xy", None),
        ("https://c.example/p", Some("//c.example/")),
    ];
    for (url, expected) in cases {
        assert_eq!(at(url).map(|found| found.registry).as_deref(), expected, "{url}");
    }
    let basic = at("https://u.example/p").and_then(|found| found.authorization);
    let expected = credentials::Authorization::Basic(Secret::new("bWU6c2VjcmV0"));
    assert_eq!(basic, Some(expected));
}

/// Whether a credential of the user goes to each of these, when user and project say this.
fn credential_goes(user: &str, project: &str, urls: &[&str]) -> Vec<bool> {
    let place = Place::new();
    let tokens = "//h.example/:_authToken=x\n//other.example/:_authToken=y\n";
    place.write("home/.npmrc", &format!("{tokens}{user}"));
    place.write("project/.npmrc", project);
    let options = NetworkOptions::from_config(&place.load("", &[])).expect("settings");
    let credential = |url| options.credentials.for_url(&url::Url::parse(url).expect("a URL"));
    urls.iter().map(|url| credential(url).is_some()).collect()
}

#[test]
fn credential_of_a_registry_behind_https_is_not_sent_in_the_open() {
    let urls = ["https://h.example/npm/a", "http://h.example/npm/a", "http://other.example/a"];
    let secure = "registry=https://h.example/npm/";
    assert_eq!(credential_goes(secure, "", &urls), [true, false, true]);
    // Neither a lockfile nor a project's settings lead it there.
    assert_eq!(credential_goes(secure, "registry=http://h.example/", &urls), [true, false, true]);
    let scope = "@s:registry=http://h.example/";
    assert_eq!(credential_goes(secure, scope, &urls), [true, false, true]);
    // Who has a registry without TLS keeps it, whatever a project adds.
    let open = "registry=http://h.example/npm/";
    assert_eq!(credential_goes(open, "@s:registry=https://h.example/", &urls), [true; 3]);
    assert_eq!(credential_goes("", "registry=http://h.example/", &urls), [true; 3]);
}

#[test]
fn registry_of_the_scope_that_is_set_is_the_default_one() {
    let route = "--registry=http://all.example --@s:registry=http://s.example/npm";
    for (scope, expected) in [
        ("", "http://all.example/"),
        ("--scope=@s", "http://s.example/npm/"),
        ("--scope=s", "http://s.example/npm/"),
        ("--scope=@t", "http://all.example/"),
    ] {
        let options = options(&format!("{route} {scope}"));
        assert_eq!(options.network.registry.as_str(), expected, "{scope}");
    }
}

#[test]
fn registry_user_info_becomes_a_credential() {
    let options = options("--registry=http://me:pw@h.example/npm");
    assert_eq!(options.network.registry.as_str(), "http://h.example/npm/");
    let network = &options.network;
    assert!(network.credentials.for_url(&network.registry).is_some());
}

#[test]
fn secrets_do_not_show_in_debug() {
    let place = Place::new();
    place.write(
        "home/.npmrc",
        "//h.example/:_authToken=hunter2\n//h.example/:_password=hunter2\notp=hunter2\n\
         proxy=http://u:hunter2@p.example/\nregistry=http://u:hunter2@h.example/\n",
    );
    let config = place.load("--otp=hunter2", &[("SECRET", "hunter2")]);
    let options = Options::from_config(&config).expect("options");
    for shown in [
        format!("{config:?}"),
        format!("{options:?}"),
        format!("{:#?}", options.network.credentials),
        format!("{}", Secret::new("hunter2")),
        format!("{:?}", config.sources().command_line),
    ] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn credentials_without_a_registry_are_refused_in_npms_words() {
    let place = Place::new();
    place.write("home/.npmrc", "_authToken=x\nusername=me\nregistry=http://h.example/");
    let error = place.try_load("", &[]).expect_err("refused");
    assert_eq!(error.code(), Code::InvalidAuth);
    assert_eq!(
        error.to_string(),
        "Invalid auth configuration found: `_authToken` must be renamed to \
         `//h.example/:_authToken` in user config, `username` is not allowed in user config"
    );
}

#[test]
fn omit_and_include_are_computed_as_npm_does() {
    use DependencyType::{Dev, Optional, Peer};
    type Case = (&'static str, &'static [(&'static str, &'static str)], &'static [DependencyType]);
    let cases: &[Case] = &[
        ("", &[], &[]),
        ("", &[("NODE_ENV", "production")], &[Dev]),
        ("--include=dev", &[("NODE_ENV", "production")], &[]),
        ("--production=false", &[("NODE_ENV", "production")], &[]),
        ("--production", &[], &[Dev]),
        ("--only=prod", &[], &[Dev]),
        ("--only=production", &[], &[Dev]),
        ("--omit=dev --omit peer", &[], &[Dev, Peer]),
        ("--omit=dev --omit=optional --include=dev", &[], &[Optional]),
        ("--no-optional", &[], &[Optional]),
        ("--dev", &[("NODE_ENV", "production")], &[]),
        ("--omit=optional", &[("npm_config_production", "true")], &[Optional, Dev]),
    ];
    for (words, env, expected) in cases {
        let config = Place::new().load(words, env);
        let omit = Options::from_config(&config).expect("options").resolve.omit.omit;
        assert_eq!(omit, *expected, "{words} {env:?}");
    }
}

#[test]
fn before_follows_the_strongest_layer_that_speaks_of_dates() {
    let place = Place::new();
    let before = |words: &str| {
        let config = place.load(words, &[]);
        Options::from_config(&config).expect("options").resolve.before
    };
    let now = SystemTime::UNIX_EPOCH + DAY * 20_000;
    assert_eq!(before(""), None);
    assert_eq!(before("--min-release-age=3"), Some(now - DAY * 3));
    assert_eq!(before("--before=1970-01-03"), Some(SystemTime::UNIX_EPOCH + DAY * 2));
    assert_eq!(
        before("--before=1970-01-03 --min-release-age 3"),
        Some(SystemTime::UNIX_EPOCH + DAY * 2)
    );
    place.write("project/.npmrc", "before=1970-01-03");
    assert_eq!(before("--min-release-age=3"), Some(now - DAY * 3));
    assert_eq!(before("--min-release-age=0"), None);
}

#[test]
fn local_prefix_is_the_nearest_package_or_the_workspace_root_above() {
    let place = Place::new();
    place.write("mono/package.json", r#"{"workspaces":["packages/*","!packages/c"]}"#);
    for name in ["a", "c"] {
        place.write(&format!("mono/packages/{name}/package.json"), "{}");
        place.write(&format!("mono/packages/{name}/src/x.js"), "");
    }
    let load = |words, cwd| Config::load(place.sources(words, &[], cwd)).expect("settings");
    let inside = load("", "mono/packages/a/src");
    assert_eq!(inside.local_prefix(), place.path("mono"));
    let workspaces = Options::from_config(&inside).expect("options").workspaces;
    assert!(workspaces.implicit);
    assert_eq!(workspaces.selected, [place.path("mono/packages/a").to_string_lossy()]);
    assert_eq!(load("", "mono/packages/c").local_prefix(), place.path("mono/packages/c"));
    let off = load("--no-workspaces", "mono/packages/a");
    assert_eq!(off.local_prefix(), place.path("mono/packages/a"));
    let named = load("--prefix=../c", "mono/packages/a");
    assert_eq!(named.local_prefix(), place.path("mono/packages/c"));
}

#[test]
fn a_word_that_says_true_or_false_is_the_whole_value() {
    let words = |line: &str| Place::new().load(line, &[]).positionals().to_vec();
    assert_eq!(words("install --cpu=false left-pad"), ["install", "left-pad"]);
    assert_eq!(words("install --browser true left-pad"), ["install", "left-pad"]);
    assert_eq!(words("install --color always left-pad"), ["install", "left-pad"]);
    assert_eq!(words("install --browser firefox left-pad"), ["install", "left-pad"]);
}

#[test]
fn connections_are_as_many_as_somebody_asked_for_else_more_than_npms() {
    let sockets = |words| options(words).network.maxsockets;
    assert_eq!(sockets("--maxsockets=15"), 15);
    assert_eq!(sockets("--maxsockets=0"), 1);
    assert!(sockets("") > 15);
    // What npm would say is what is said of it.
    let said = Place::new().load("", &[]);
    assert_eq!(said.number("maxsockets"), Some(15.0));
}

#[test]
fn projects_cannot_bring_the_store_that_packages_are_checked_by() {
    let place = Place::new();
    place.write("home/.npmrc", "cache=mine");
    place.write("project/.npmrc", "cache=theirs\nsigstore-tuf=http://evil.example");
    let config = place.load("", &[]);
    let paths = Options::from_config(&config).expect("options").paths;
    assert!(paths.npm_cache.ends_with("theirs"), "{}", paths.npm_cache.display());
    assert!(paths.cache.ends_with("mine/_denpm"), "{}", paths.cache.display());
    assert_eq!(config.text("sigstore-tuf"), None);
    let asked = Options::from_config(&place.load("--cache=asked", &[])).expect("options").paths;
    assert!(asked.cache.ends_with("asked/_denpm"), "{}", asked.cache.display());
}

#[test]
fn projects_cannot_name_mirrors_nor_shrink_what_is_private() {
    let place = Place::new();
    place.write("home/.npmrc", "denpm-private=@mine/*\nquorum=2");
    place
        .write("project/.npmrc", "denpm-registries=http://evil.example\ndenpm-private=b\nquorum=1");
    let network = Options::from_config(&place.load("", &[])).expect("options").network;
    assert!(network.pool.is_empty());
    assert_eq!(network.private, ["@mine/*", "b"]);
    assert_eq!(network.quorum, 2);
    let env = &[("DENPM_REGISTRIES", "http://m.example|direct")];
    assert_eq!(Options::from_config(&place.load("", env)).expect("options").network.pool.len(), 2);
}

#[test]
fn projects_cannot_name_the_users_files_nor_act_on_all_projects() {
    let place = Place::new();
    place.write("home/.npmrc", "allow-directory=none");
    place.write("project/evil", "allow-directory=all\nprefix=/evil\nquorum=1");
    for named in [
        "userconfig=evil",
        "globalconfig=evil",
        "userconfig[]=evil",
        "${NONE?}userconfig=evil",
        "global=true\nuserconfig = ./evil",
        "location=${NONE?}global",
    ] {
        place.write("project/.npmrc", named);
        let config = place.load("", &[]);
        assert!(!config.is_global(), "{named}");
        let allowed = config.get("allow-directory").and_then(|found| found.value.as_text());
        assert_eq!(allowed, Some("none"), "{named}");
        assert!(lines(&config).concat().contains("cannot be changed from project config"));
    }
    place.write("project/.npmrc", "location=project\nglobal=false");
    assert_eq!(lines(&place.load("", &[])), [""; 0]);
}

#[test]
fn unknown_keys_only_warn() {
    let place = Place::new();
    place.write("project/.npmrc", "nodedir=/x\n//h.example/:_authToken=t\n//h.example/:nope=1");
    assert_eq!(
        lines(&place.load("--unsafe-perm", &[])),
        [
            "Unknown cli config \"--unsafe-perm\". This will stop working in the next major \
             version of npm.",
            "Unknown project config \"nodedir\". This will stop working in the next major version \
             of npm. See `npm help npmrc` for supported config options.",
            "Unknown project config \"nope\" (//h.example/:nope). This will stop working in the \
             next major version of npm. See `npm help npmrc` for supported config options.",
        ]
    );
}

#[test]
fn values_of_the_wrong_type_are_dropped_with_npms_warning() {
    let config = Place::new().load("--fetch-retries=many --loglevel=loud", &[]);
    assert_eq!(config.number("fetch-retries"), Some(2.0));
    assert_eq!(
        lines(&config),
        [
            "invalid config fetch-retries=\"many\" set in command line options",
            "invalid config Must be numeric value",
            "invalid config loglevel=\"loud\" set in command line options",
            "invalid config Must be one of: silent, error, warn, notice, http, info, verbose, silly",
        ]
    );
}

#[test]
fn exclusive_settings_are_refused() {
    let place = Place::new();
    let error = place.try_load("--save-dev --save-optional", &[]).expect_err("refused");
    assert_eq!(error.to_string(), "--save-optional cannot be provided when using --save-dev");
    // A flag wins over the environment without a complaint.
    let config = place.load("-D", &[("npm_config_save_peer", "true")]);
    let save = Options::from_config(&config).expect("options").save;
    assert_eq!(save.save_type, Some(SaveType::Dev));
    let both = place.try_load("--workspace=a --no-workspaces", &[]);
    assert!(matches!(both, Err(ConfigError::NoWorkspaces)));
}

#[test]
fn derived_options_follow_npm() {
    assert_eq!(options("-s").output.loglevel, LogLevel::Silent);
    assert_eq!(options("-ddd").output.loglevel, LogLevel::Silly);
    assert_eq!(options("-E --save-prefix=~").save.save_prefix, "");
    assert_eq!(options("--save-prefix=~").save.save_prefix, "~");
    assert_eq!(options("--global-style").resolve.install_strategy, InstallStrategy::Shallow);
    assert!(options("--no-package-lock --package-lock-only").lock.package_lock);
    assert!(!options("--no-shrinkwrap").lock.package_lock);
    assert_eq!(options("--lockfile-version=2").lock.lockfile_version, Some(2));
    assert_eq!(options("--umask=022").placement.umask, 0o022);
    assert_eq!(options("--no-proxy").network.proxy, None);
}

#[test]
fn scripts_see_what_differs_from_the_default_and_no_secret() {
    let place = Place::new();
    place.write(
        "home/.npmrc",
        "//h.example/:_authToken=s3cret\n\
         @s:registry=http://s.example/\nregistry=https://u:s3cret@registry.example/x/\nfund=true",
    );
    let env = &[("npm_config_audit", "false"), ("npm_config_fund", "false")];
    let config = place.load("--save-exact --min-release-age=2 --fund --omit=dev --otp=s3cret", env);
    let pairs: IndexMap<_, _> = script_env(&config, "v20.0.0").into_iter().collect();
    let get = |key: &str| pairs.get(key).map(String::as_str);
    assert_eq!(get("npm_config_save_exact"), Some("true"));
    assert_eq!(get("npm_config_omit"), Some("dev"));
    assert_eq!(get("npm_config_noproxy"), Some(""));
    assert_eq!(get("npm_config_fund"), Some("true"), "set back to the default");
    assert_eq!(get("npm_config_audit"), None, "inherited as it is");
    assert_eq!(get("npm_config_min_release_age"), None);
    assert_eq!(get("npm_config_registry"), Some("https://registry.example/x/"));
    assert_eq!(get("NODE_ENV"), Some("production"));
    assert!(pairs.keys().all(|key| !key.contains("auth") && !key.contains('@')));
    let told: Vec<_> = pairs.iter().filter(|(_, value)| value.contains("s3cret")).collect();
    assert!(told.is_empty(), "{told:?}");
    let agent = get("npm_config_user_agent").expect("a user agent");
    assert!(agent.starts_with("npm/11.19.1 node/v20.0.0 "), "{agent}");
    assert!(agent.contains(" workspaces/false denpm/"), "{agent}");
}

#[test]
fn user_agent_names_the_ci_service() {
    let env = &[
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("RUNNER_ENVIRONMENT", "self-hosted"),
    ];
    let agent = user_agent(&Place::new().load("", env), "v20.0.0");
    assert!(agent.contains(" ci/github-actions/dotcom-selfhosted denpm/"), "{agent}");
}
