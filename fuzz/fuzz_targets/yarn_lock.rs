#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| denpm_fuzz::yarn_lock(data));
