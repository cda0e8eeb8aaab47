//! The bodies of the fuzz targets on mutated seeds, the same in every run.
//!
//! `DENPM_FUZZ_SEED` and `DENPM_FUZZ_CASES` choose other mutations and more of them; for a search
//! guided by coverage see `fuzz/README.md`.

use crate::support::{
    sandbox::{repository, variable},
    tarball::Tarball,
};
use std::{fs, panic};

#[allow(unreachable_pub, reason = "there it is a crate of its own, with the targets as users")]
#[path = "../../fuzz/src/lib.rs"]
mod bodies;

/// Inputs that a parser accepts, for each target.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let texts: &[&str] = match target {
        "json" => &[r#"{"a":[1,2.5e3,-0,"\u00e9\n\ud83d\ude00"],"b":{"c":null,"d":true}}"#],
        "package_json" => &[
            "{\r\n\t\"name\": \"a\",\r\n\t\"version\": \"1.0.0\",\r\n\t\"dependencies\": {\"b\": \"^1\"}\r\n}\r\n",
            r#"{"name":"@s/a","bin":"cli.js","workspaces":["p/*"],"bundleDependencies":true}"#,
        ],
        "manifest" => &[
            r#"{"name":"a","version":"1.0.0","bin":{"a":"./b","../c":"../../d"},"engines":{"node":">=8"},"os":["!win32"],"scripts":{"install":"x"},"peerDependenciesMeta":{"b":{"optional":true}},"dist":{"tarball":"https://registry.example/a.tgz","integrity":"sha512-AA==","signatures":[{"keyid":"k","sig":"s"}]}}"#,
        ],
        "packument" => &[
            r#"{"name":"a","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"a","version":"1.0.0","dist":{"tarball":"https://registry.example/a.tgz"}},"2.0.0-b":{"name":"a","version":"2.0.0-b","deprecated":"x","engines":{"node":">=99"}}},"time":{"1.0.0":"2020-01-01T00:00:00.000Z"}}"#,
        ],
        "lockfile" => &[
            r#"{"name":"p","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{"":{"name":"p","version":"1.0.0","dependencies":{"a":"^1","w":"1"}},"node_modules/a":{"version":"1.0.0","resolved":"https://registry.example/a.tgz","integrity":"sha512-AA==","dependencies":{"b":"1"},"peer":true},"node_modules/a/node_modules/b":{"version":"1.0.0","inBundle":true},"node_modules/w":{"resolved":"packages/w","link":true},"packages/w":{"version":"1.0.0"}}}"#,
            r#"{"lockfileVersion":1,"requires":true,"dependencies":{"a":{"version":"1.0.0","bundled":true,"requires":{"b":"1"},"dependencies":{"b":{"version":"1.0.0","dev":true}}}}}"#,
            "{\n<<<<<<< ours\n\"a\":1\n||||||| base\n=======\n\"a\":2\n>>>>>>> theirs\n}",
        ],
        "npmrc" => &[
            "registry=https://registry.example/\n; c\nca[]=\"x\\n\"\nca[]=y\n[s.t]\nk=${HOME}\\;#c\n'q'='w'\nbare",
        ],
        "command_line" => &[
            "install\n--save-dev\na@1\n--registry=https://registry.example\n-gD\n--no-audit\nfalse\n--\n--x",
        ],
        "script" => &[
            "exports.a=function(e){return`x${e}`+/a[b]/.test(e)?e[\"b\"](1):[1,2].map((n)=>n)};",
            "import a from\"b\";export default class extends a{get c(){return async()=>await this.#d}#d=1}",
        ],
        "malicious" => &[
            r#"[{"id":"MAL-1","affected":[{"package":{"ecosystem":"npm","name":"a"},"versions":["1.0.0"],"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"2.0.0"}]}]}]}]"#,
        ],
        "spec" => &[
            "a@^1",
            "@s/a@npm:b@1",
            "a\ngit+ssh://git@host.example/x/y.git#semver:^1",
            "b\nfile:../x.tgz",
            "github:a/b#c::path:d",
            "https://host.example/a.tgz",
        ],
        "hosted" => &[
            "github:a/b#c",
            "git+https://user:pw@github.com/a/b.git",
            "git@gitlab.com:a/b/c.git",
            "gist:11081aaa281",
        ],
        "version_range" => &[
            "^1.2.3-beta.1 || >=2 <3\n1.x - 2\n1.2.4",
            "~0.1\n<=0.1.9 || *\n0.1.5-rc.1+b",
            ">1 <0\n\n=v1.0.0",
        ],
        "integrity" => &[
            "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==?o sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
        ],
        "entry_path" => &["package/lib/a.js", "a/../b", "C:\\x", "con.txt/é"],
        "workspaces" => {
            &[r#"["packages/*","!packages/x","{a,b}/**","./c/"]"#, r#"{"packages":["a[b-c]?"]}"#]
        }
        "yarn_lock" => &[
            "# yarn lockfile v1\n\n\n\"@s/a@^1.0.0\", a@npm:b@1, \"c@>1 <2\":\n  version \"1.2.3\"\n  resolved \"https://registry.example/a.tgz#0123\"\n  integrity sha512-AA==\n  dependencies:\n    \"@s/b\" \"^1\"\n    d \"1 || 2\"\n\r\nd@1:\n  version 1\n",
        ],
        "overrides" => &[r#"{"a":"2","b@^1":{".":"1.0.0","a":{"@s/c":"$a"}},"@s/c@>1":"npm:a@1"}"#],
        "display" => &[
            "\u{1b}]0;x\u{7}a\u{202e}b\thttps://u:p@host.example/?a=npm_abcdefghijklmnopqrstuvwxyz0123456789 _authToken=x Bearer 0123456789abcdef0",
        ],
        "attestations" => &[include_str!("../../fixtures/signed/tuf-js-1.0.0.attestations.json")],
        "registry_keys" => &[
            include_str!("../../src/verify/signature/npm-keys.json"),
            r#"{"keys":[{"expires":"2025-01-29T00:00:00.000Z","keyid":"SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA","keytype":"ecdsa-sha2-nistp256","scheme":"ecdsa-sha2-nistp256","key":"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1Olb3zMAFFxXKHiIkQO5cJ3Yhl5i6UPp+IhuteBJbuHcA5UogKo0EWtlWwW6KSaKoTNEYL7JlCQiVnkhBktUgg=="}]}"#,
        ],
        "namespace_keys" => &[r#"{"keys":[{"keyid":"SHA256:a","key":"MFkw","keytype":"t"}]}"#],
        "registry_pool" => &["https://a.example/x|direct,https://b.example?q#f,off"],
        "sumdb_checkpoint" => &[
            "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        ],
        "sumdb_note" => &[
            "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} witness.denpm.test/w1 Nuu3qwAAAABkGFDLBuRDazBLVac2NE+Y+IjbjQOcXLfF9CSDZVUIoS83rE1nFZsVE8YiWV6Ngr7lV8H6bdoBQGP/l73euDMQ9k+bBQ==\n",
            "witness.denpm.test/w1+36ebb7ab+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
            "c2sp.org/tlog-proof@v1\nextra AAAA\nindex 7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} witness.denpm.test/w1 Nuu3qwAAAABkGFDLBuRDazBLVac2NE+Y+IjbjQOcXLfF9CSDZVUIoS83rE1nFZsVE8YiWV6Ngr7lV8H6bdoBQGP/l73euDMQ9k+bBQ==\n",
        ],
        "sumdb_tile_path" => &["tile/0/x001/234.p/56", "tile/8/data/000", "tile/entries/001"],
        "sumdb_bundle" => &["\0\u{2}a\n", "a\n\nb\n\n", "\0\0\0\0"],
        "sumdb_record" => &[
            "denpm-sum/v1\npkg ms 2.1.3\nns npm\nsri sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==\nsize 2967\ntree h1:HRF2aUH+1wK1grrwNcu/AdJYM9DwFxFx1SCLnVPs1nc=\nmanifest m1:HRF2aUH+1wK1grrwNcu/AdJYM9DwFxFx1SCLnVPs1nc=\n",
            "denpm-evidence/v1\npkg a 1.0.0\nns npm\nleaf CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nsig SHA256:k MEUC\nattestations CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nmaintainers CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nsource https://registry.example/ 1700000000\n",
            "denpm-status/v1\npkg a 1.0.0\nns npm\nleaf CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\ntime 1\nstatus malware GHSA-1\n",
            "denpm-ns/v1\nns npm\nkey SHA256:k AAAA -\nby SHA256:k MEUC\n",
            "denpm-log/v1\norigin log.example\nsize 7\nroot CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
            r#"{"name":"@s/a","version":"v1","bin":"./x/../y","os":"linux","bundledDependencies":true,"dependencies":{"b":"1"},"peerDependenciesMeta":{"c":{"optional":true}},"scripts":{"install":"x"},"directories":{"bin":"b"}}"#,
        ],
        "sumdb_lookup" => &[
            "npm a 1.0.0\nnpm @s/b 2.0.0\n",
            "5\ndenpm-sum/v1\npkg ms 2.1.3\nns npm\nsri sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==\nsize 2967\ntree h1:HRF2aUH+1wK1grrwNcu/AdJYM9DwFxFx1SCLnVPs1nc=\nmanifest m1:HRF2aUH+1wK1grrwNcu/AdJYM9DwFxFx1SCLnVPs1nc=\n\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} witness.denpm.test/w1 Nuu3qwAAAABkGFDLBuRDazBLVac2NE+Y+IjbjQOcXLfF9CSDZVUIoS83rE1nFZsVE8YiWV6Ngr7lV8H6bdoBQGP/l73euDMQ9k+bBQ==\n",
            "npm a 1.0.0 5\n",
            "denpm-batch/v1\nabsent\n\n\0\0\0\0example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} witness.denpm.test/w1 Nuu3qwAAAABkGFDLBuRDazBLVac2NE+Y+IjbjQOcXLfF9CSDZVUIoS83rE1nFZsVE8YiWV6Ngr7lV8H6bdoBQGP/l73euDMQ9k+bBQ==\n",
        ],
        "sumdb_state" => &[
            "denpm-head/v1\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
            "tile/0/000.p/1\n4\nabcdtile/entries/000.p/1\n3\n\0\u{1}a",
        ],
        "sumdb_witness" => &[
            "old 7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} witness.denpm.test/w1 Nuu3qwAAAABkGFDLBuRDazBLVac2NE+Y+IjbjQOcXLfF9CSDZVUIoS83rE1nFZsVE8YiWV6Ngr7lV8H6bdoBQGP/l73euDMQ9k+bBQ==\n",
        ],
        "sumdb_sum" => &[
            "denpm.sum v1\n\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} witness.denpm.test/w1 Nuu3qwAAAABkGFDLBuRDazBLVac2NE+Y+IjbjQOcXLfF9CSDZVUIoS83rE1nFZsVE8YiWV6Ngr7lV8H6bdoBQGP/l73euDMQ9k+bBQ==\n\nnpm a 1.0.0 5 CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nnpm b 1.0.0 - CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
            "denpm.sum v1\n\n<<<<<<< a\nnpm a 1.0.0 - CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n=======\nnpm b 1.0.0 - CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n>>>>>>> b\n",
            "denpm.sum.proof v1\n00000000000000000000000000000000\0\0\0\0",
        ],
        "acknowledgements" => &[
            "[[ack]]\npackage = \"@s/a\"\nversion = \"1.0.0\"\nintegrity = \"sha512-\"\nflag = \"new-dep\"\nevidence = \"sha256-\"\nwho = \"A <a@b.example>\"\ndate = 2026-11-21\nreason = \"known\"\nexpires = 2027-05-21T07:32:00Z\n",
        ],
        "sumdb_policy" => &[
            "log sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8 https://log.example\n# c\nwitness w witness.denpm.test/w1+36ebb7ab+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4\ngroup g any w\nquorum g\n",
        ],
        "git_remote" => {
            &["git@host.example:a/b.git", "ssh://git@host.example/a", "ext::sh -c x", "-u"]
        }
        _ => &[],
    };
    let mut seeds: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    if target == "tarball" {
        let manifest = br#"{"name":"a","version":"1.0.0"}"#;
        let package = || Tarball::new().file("package.json", 0o644, manifest);
        seeds.push(package().file("bin/a", 0o755, b"#!x\r\n").plain());
        seeds.push(package().file(&"long/".repeat(30), 0o644, b"x").gzip());
    }
    seeds
}

/// What parsers like to trip over.
const TOKENS: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b":",
    b",",
    b"\\",
    b"../",
    b"/",
    b"\0",
    b"\n",
    b"\r\n",
    b"@",
    b"#",
    b"%2f",
    b"null",
    b"-1",
    b"99999999999999999999",
    b"1e999",
    b"\\ud800",
    b"__proto__",
    b"\xff",
    b"\xef\xbb\xbf",
    "\u{1f600}".as_bytes(),
    "\u{130}".as_bytes(),
    b"||",
    b"*",
    b"$",
    b"npm:",
    b"git+",
    b"::",
    b" ",
    b"",
];

/// A generator of numbers (xorshift), so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or(usize::MAX) % bound.max(1)
    }

    /// A part of something that long.
    fn part(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        start..(start + self.below(24)).min(length)
    }

    fn mutate(&mut self, data: &mut Vec<u8>) {
        let at = self.below(data.len() + 1);
        let part = self.part(data.len());
        match self.below(6) {
            0 if at < data.len() => data[at] ^= 1 << self.below(8),
            1 => drop(data.drain(part)),
            2 => {
                let copy = data[part].to_vec();
                data.splice(at..at, copy);
            }
            3 => data.truncate(at),
            _ => {
                let token = TOKENS[self.below(TOKENS.len())];
                data.splice(at..at, token.iter().copied());
            }
        }
    }
}

fn number(name: &str) -> Option<u64> {
    variable(name)?.to_str()?.parse().ok()
}

#[test]
fn fuzz_targets_hold_for_mutated_seeds() {
    let cases = number("DENPM_FUZZ_CASES").unwrap_or(200);
    let mut broken = Vec::new();
    for (name, body) in bodies::TARGETS {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "{name} has no seed");
        let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ number("DENPM_FUZZ_SEED").unwrap_or(0));
        for case in 0..cases {
            let mut data = seeds[random.below(seeds.len())].clone();
            // The seeds themselves first.
            let mutations = if case < 8 { 0 } else { 1 + random.below(6) };
            (0..mutations).for_each(|_| random.mutate(&mut data));
            if panic::catch_unwind(|| body(&data)).is_err() {
                broken.push(format!("{name}: {:?}", String::from_utf8_lossy(&data)));
                break;
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn fuzz_targets_are_all_built() {
    let manifest = fs::read_to_string(repository().join("fuzz/Cargo.toml")).unwrap();
    for (name, _) in bodies::TARGETS {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is no [[bin]]");
        let target = repository().join(format!("fuzz/fuzz_targets/{name}.rs"));
        assert!(target.is_file(), "{}", target.display());
    }
}
