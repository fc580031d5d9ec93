/** Owns the proof of which names hold what signs a person in, wherever they lie, and that ordinary files are left alone. */
import { describe, expect, it } from "vitest";
import { isForbidden } from "../../../../electron/main/tools/files/forbidden-path.ts";

const home = "/home/ada";

describe("what signs a person in", () => {
  it.each([
    // Other assistants.
    ".claude/.credentials.json",
    "backup/.credentials.json",
    ".claude.json",
    ".codex/auth.json",
    ".gemini/oauth_creds.json",
    ".config/github-copilot/hosts.json",
    ".cache/huggingface/token",
    // Package registries and build tools.
    ".netrc",
    ".npmrc",
    "project/.npmrc",
    ".pypirc",
    ".m2/settings.xml",
    ".gradle/gradle.properties",
    ".cargo/credentials.toml",
    ".composer/auth.json",
    ".nuget/NuGet.Config",
    ".config/pip/pip.conf",
    // Clouds, containers and code.
    ".aws/credentials",
    ".aws/config",
    ".azure/msal_token_cache.json",
    ".config/gcloud/credentials.db",
    ".docker/config.json",
    ".kube/config",
    "kubeconfig",
    ".config/gh/hosts.yml",
    ".config/glab-cli/config.yml",
    ".git-credentials",
    "infra/terraform.tfstate",
    "infra/terraform.tfstate.backup",
    "infra/prod.tfvars",
    ".cloudflared/cert.json",
    // Mail, chat, browsers, wallets.
    ".msmtprc",
    ".purple/accounts.xml",
    ".mozilla/firefox/x.default/prefs.js",
    ".config/google-chrome/Default/Preferences",
    ".config/BraveSoftware/Brave-Browser/Default/Preferences",
    "snap/firefox/common/notes.txt",
    ".var/app/org.mozilla.firefox/.mozilla/firefox/notes.txt",
    "Library/Application Support/Google/Chrome/Default/Preferences",
    "AppData/Local/Microsoft/Edge/User Data/Default/Preferences",
    "Library/Keychains/login.keychain-db",
    ".monero/wallet.keys",
    // Keys, and what was typed.
    ".ssh/config",
    ".gnupg/pubring.kbx",
    ".bash_history",
    "AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt",
  ])("is never read: ~/%s", (path) => {
    expect(isForbidden(`${home}/${path}`, [])).toBe(true);
  });

  it.each([
    "Documents/history.txt",
    "Documents/The history of the world.txt",
    "Documents/auth.txt",
    "Documents/claude.md",
    "Documents/chrome plating.txt",
    "code/token.ts",
    "code/config.json",
    "code/main.tf",
    "arc/notes.txt",
    "element/notes.txt",
    ".config/user-dirs.dirs",
    ".local/share/notes/today.md",
  ])("is not ~/%s", (path) => {
    expect(isForbidden(`${home}/${path}`, [])).toBe(false);
  });
});
