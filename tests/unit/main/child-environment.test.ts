import { expect, it } from "vitest";
import { harmlessEnvironment } from "../../../electron/main/child-environment.ts";

const needed = {
  PATH: "/usr/bin:/bin",
  HOME: "/home/anna",
  USER: "anna",
  LOGNAME: "anna",
  SHELL: "/bin/bash",
  TMPDIR: "/tmp",
  TZ: "Europe/Berlin",
  LANG: "de_DE.UTF-8",
  LANGUAGE: "de:en",
  LC_ALL: "C.UTF-8",
  LC_MESSAGES: "de_DE.UTF-8",
};

it("passes on what a program needs and nothing that is secret or leads into the desktop", () => {
  const secret = {
    OPENAI_API_KEY: "sk-canary",
    OPENAI_BASE_URL: "https://example.com",
    AWS_SECRET_ACCESS_KEY: "x",
    AWS_SESSION_TOKEN: "x",
    GOOGLE_APPLICATION_CREDENTIALS: "/key.json",
    AZURE_CLIENT_SECRET: "x",
    GITHUB_TOKEN: "x",
    NPM_TOKEN: "x",
    npm_config__auth: "x",
    HTTPS_PROXY: "http://anna:secret@proxy:3128",
    https_proxy: "http://anna:secret@proxy:3128",
    SSH_AUTH_SOCK: "/run/agent",
    GPG_AGENT_INFO: "x",
    DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/bus",
    XAUTHORITY: "/home/anna/.Xauthority",
    DISPLAY: ":0",
    LD_PRELOAD: "/evil.so",
    NODE_OPTIONS: "--require /evil.js",
    ELECTRON_RUN_AS_NODE: "1",
    PYTHONPATH: "/evil",
    PARLEY_TRACE: "1",
    MY_PATH: "x",
    PATH_EXTRA: "x",
    path: "x",
    LC_x: "x",
  };
  expect(harmlessEnvironment({ ...secret, ...needed }, "linux")).toEqual(needed);
});

it("passes on no function that a shell would take over, and nothing that is not set", () => {
  expect(harmlessEnvironment({ LANG: "() { :; }; echo hacked", TZ: undefined, HOME: "" }, "linux")).toEqual({
    HOME: "",
  });
});

it("knows what Windows needs, in any case", () => {
  const environment = {
    Path: "C:\\Windows",
    SystemRoot: "C:\\Windows",
    "ProgramFiles(x86)": "C:\\Program Files (x86)",
    OPENAI_API_KEY: "sk-canary",
    HOME: "C:\\x",
  };
  const { OPENAI_API_KEY: _key, HOME: _home, ...rest } = environment;
  expect(harmlessEnvironment(environment, "win32")).toEqual(rest);
});
