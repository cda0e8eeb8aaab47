//! What is promised of cmd shim, as tests.

use super::*;

// The expected texts were written by cmd-shim 8 itself.

const NODE_SH: &str = concat!(
    "#!/bin/sh\n",
    "basedir=$(dirname \"$(echo \"$0\" | sed -e 's,\\\\,/,g')\")\n",
    "\n",
    "case `uname` in\n",
    "    *CYGWIN*|*MINGW*|*MSYS*)\n",
    "        if command -v cygpath > /dev/null 2>&1; then\n",
    "            basedir=`cygpath -w \"$basedir\"`\n",
    "        fi\n",
    "    ;;\n",
    "esac\n",
    "\n",
    "if [ -x \"$basedir/node\" ]; then\n",
    "  exec \"$basedir/node\"  \"$basedir/../bin/a.js\" \"$@\"\n",
    "else \n",
    "  exec node  \"$basedir/../bin/a.js\" \"$@\"\n",
    "fi\n",
);

const NODE_CMD: &str = concat!(
    "@ECHO off\r\n",
    "GOTO start\r\n",
    ":find_dp0\r\n",
    "SET dp0=%~dp0\r\n",
    "EXIT /b\r\n",
    ":start\r\n",
    "SETLOCAL\r\n",
    "CALL :find_dp0\r\n",
    "\r\n",
    "IF EXIST \"%dp0%\\node.exe\" (\r\n",
    "  SET \"_prog=%dp0%\\node.exe\"\r\n",
    ") ELSE (\r\n",
    "  SET \"_prog=node\"\r\n",
    "  SET PATHEXT=%PATHEXT:;.JS;=;%\r\n",
    ")\r\n",
    "\r\n",
    "endLocal & goto #_undefined_# 2>NUL || title %COMSPEC% & \"%_prog%\"  \"%dp0%\\..\\bin\\a.js\" %*\r\n",
);

const NODE_PS1: &str = concat!(
    "#!/usr/bin/env pwsh\n",
    "$basedir=Split-Path $MyInvocation.MyCommand.Definition -Parent\n",
    "\n",
    "$exe=\"\"\n",
    "if ($PSVersionTable.PSVersion -lt \"6.0\" -or $IsWindows) {\n",
    "  # Fix case when both the Windows and Linux builds of Node\n",
    "  # are installed in the same directory\n",
    "  $exe=\".exe\"\n",
    "}\n",
    "$ret=0\n",
    "if (Test-Path \"$basedir/node$exe\") {\n",
    "  # Support pipeline input\n",
    "  if ($MyInvocation.ExpectingInput) {\n",
    "    $input | & \"$basedir/node$exe\"  \"$basedir/../bin/a.js\" $args\n",
    "  } else {\n",
    "    & \"$basedir/node$exe\"  \"$basedir/../bin/a.js\" $args\n",
    "  }\n",
    "  $ret=$LASTEXITCODE\n",
    "} else {\n",
    "  # Support pipeline input\n",
    "  if ($MyInvocation.ExpectingInput) {\n",
    "    $input | & \"node$exe\"  \"$basedir/../bin/a.js\" $args\n",
    "  } else {\n",
    "    & \"node$exe\"  \"$basedir/../bin/a.js\" $args\n",
    "  }\n",
    "  $ret=$LASTEXITCODE\n",
    "}\n",
    "exit $ret\n",
);

const VARIABLES_SH: &str = concat!(
    "#!/bin/sh\n",
    "basedir=$(dirname \"$(echo \"$0\" | sed -e 's,\\\\,/,g')\")\n",
    "\n",
    "case `uname` in\n",
    "    *CYGWIN*|*MINGW*|*MSYS*)\n",
    "        if command -v cygpath > /dev/null 2>&1; then\n",
    "            basedir=`cygpath -w \"$basedir\"`\n",
    "        fi\n",
    "    ;;\n",
    "esac\n",
    "\n",
    "if [ -x \"$basedir/node\" ]; then\n",
    "  exec FOO=$BAR \"$basedir/node\" --opt \"$basedir/../bin/b.js\" \"$@\"\n",
    "else \n",
    "  exec FOO=$BAR node --opt \"$basedir/../bin/b.js\" \"$@\"\n",
    "fi\n",
);

const VARIABLES_CMD: &str = concat!(
    "@ECHO off\r\n",
    "GOTO start\r\n",
    ":find_dp0\r\n",
    "SET dp0=%~dp0\r\n",
    "EXIT /b\r\n",
    ":start\r\n",
    "SETLOCAL\r\n",
    "CALL :find_dp0\r\n",
    "@SET FOO=%BAR%\r\n",
    "\r\n",
    "IF EXIST \"%dp0%\\node.exe\" (\r\n",
    "  SET \"_prog=%dp0%\\node.exe\"\r\n",
    ") ELSE (\r\n",
    "  SET \"_prog=node\"\r\n",
    "  SET PATHEXT=%PATHEXT:;.JS;=;%\r\n",
    ")\r\n",
    "\r\n",
    "endLocal & goto #_undefined_# 2>NUL || title %COMSPEC% & \"%_prog%\" --opt \"%dp0%\\..\\bin\\b.js\" %*\r\n",
);

const VARIABLES_PS1: &str = concat!(
    "#!/usr/bin/env pwsh\n",
    "$basedir=Split-Path $MyInvocation.MyCommand.Definition -Parent\n",
    "\n",
    "$exe=\"\"\n",
    "if ($PSVersionTable.PSVersion -lt \"6.0\" -or $IsWindows) {\n",
    "  # Fix case when both the Windows and Linux builds of Node\n",
    "  # are installed in the same directory\n",
    "  $exe=\".exe\"\n",
    "}\n",
    "$ret=0\n",
    "if (Test-Path \"$basedir/node$exe\") {\n",
    "  # Support pipeline input\n",
    "  if ($MyInvocation.ExpectingInput) {\n",
    "    $input | & \"$basedir/node$exe\" --opt \"$basedir/../bin/b.js\" $args\n",
    "  } else {\n",
    "    & \"$basedir/node$exe\" --opt \"$basedir/../bin/b.js\" $args\n",
    "  }\n",
    "  $ret=$LASTEXITCODE\n",
    "} else {\n",
    "  # Support pipeline input\n",
    "  if ($MyInvocation.ExpectingInput) {\n",
    "    $input | & \"node$exe\" --opt \"$basedir/../bin/b.js\" $args\n",
    "  } else {\n",
    "    & \"node$exe\" --opt \"$basedir/../bin/b.js\" $args\n",
    "  }\n",
    "  $ret=$LASTEXITCODE\n",
    "}\n",
    "exit $ret\n",
);

const PLAIN_SH: &str = concat!(
    "#!/bin/sh\n",
    "basedir=$(dirname \"$(echo \"$0\" | sed -e 's,\\\\,/,g')\")\n",
    "\n",
    "case `uname` in\n",
    "    *CYGWIN*|*MINGW*|*MSYS*)\n",
    "        if command -v cygpath > /dev/null 2>&1; then\n",
    "            basedir=`cygpath -w \"$basedir\"`\n",
    "        fi\n",
    "    ;;\n",
    "esac\n",
    "\n",
    "exec \"$basedir/../bin/c\"   \"$@\"\n",
);

const PLAIN_CMD: &str = concat!(
    "@ECHO off\r\n",
    "GOTO start\r\n",
    ":find_dp0\r\n",
    "SET dp0=%~dp0\r\n",
    "EXIT /b\r\n",
    ":start\r\n",
    "SETLOCAL\r\n",
    "CALL :find_dp0\r\n",
    "\"%dp0%\\..\\bin\\c\"   %*\r\n",
);

const PLAIN_PS1: &str = concat!(
    "#!/usr/bin/env pwsh\n",
    "$basedir=Split-Path $MyInvocation.MyCommand.Definition -Parent\n",
    "\n",
    "$exe=\"\"\n",
    "if ($PSVersionTable.PSVersion -lt \"6.0\" -or $IsWindows) {\n",
    "  # Fix case when both the Windows and Linux builds of Node\n",
    "  # are installed in the same directory\n",
    "  $exe=\".exe\"\n",
    "}\n",
    "# Support pipeline input\n",
    "if ($MyInvocation.ExpectingInput) {\n",
    "  $input | & \"$basedir/../bin/c\"   $args\n",
    "} else {\n",
    "  & \"$basedir/../bin/c\"   $args\n",
    "}\n",
    "exit $LASTEXITCODE\n",
);

#[test]
fn shims_with_a_shebang_are_those_of_npm() {
    let shims = shims("../bin/a.js", b"#!/usr/bin/env node\nx");
    assert_eq!(shims.files(), [("", NODE_SH), (".cmd", NODE_CMD), (".ps1", NODE_PS1)]);
}

#[test]
fn shims_with_variables_and_arguments_are_those_of_npm() {
    let shims = shims("../bin/b.js", b"#!/usr/bin/env -S FOO=$BAR node --opt\r\nx");
    assert_eq!(
        shims.files(),
        [("", VARIABLES_SH), (".cmd", VARIABLES_CMD), (".ps1", VARIABLES_PS1)]
    );
}

#[test]
fn shims_with_no_shebang_are_those_of_npm() {
    let shims = shims("../bin/c", b"bin");
    assert_eq!(shims.files(), [("", PLAIN_SH), (".cmd", PLAIN_CMD), (".ps1", PLAIN_PS1)]);
}

#[test]
fn percent_pairs_stand_for_dollars() {
    assert_eq!(percent_pairs("a$B:${C}d$"), "a%B%:%C%d$");
    assert_eq!(percent_pairs("$B/x"), "%B/x%", "npm's own idea of where a name ends");
    assert_eq!(percent_pairs("plain"), "plain");
}

#[test]
fn parse_shebang_of_other_lines_is_none() {
    for line in ["", "#!", "# !/bin/sh", "console.log(1)"] {
        assert_eq!(parse_shebang(line), None, "{line:?}");
    }
    let plain = parse_shebang("#!/bin/sh -e").unwrap();
    assert_eq!((plain.program, plain.arguments), ("/bin/sh", " -e"));
}
