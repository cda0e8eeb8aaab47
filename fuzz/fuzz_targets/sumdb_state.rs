#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| denpm_fuzz::sumdb_state(data));
