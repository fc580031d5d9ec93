import { describe, expect, it } from "vitest";
import { commandWarnings } from "../../../renderer/settings/command-warnings.ts";

const found = (command: string): string[] =>
  commandWarnings(command).map(({ kind, word }) => `${kind} ${word}`);

describe("what is worth a second look in a command", () => {
  it.each([
    ["sudo npx server", ["administrator sudo"]],
    ["/usr/bin/pkexec server", ["administrator /usr/bin/pkexec"]],
    [
      "C:\\Windows\\System32\\runas.exe /user:admin server",
      ["administrator C:\\Windows\\System32\\runas.exe"],
    ],
    ["rm -rf build", ["deletes rm"]],
    ["mkfs.ext4 /dev/sda", ["deletes mkfs.ext4"]],
    ["SUDO server", ["administrator SUDO"]],
    ["env bash -c server", ["shell bash"]],
    ["server /", ["everything /"]],
    ["server C:\\", ["everything C:\\"]],
    ["server --root=/", ["everything /"]],
    ["server ~", ["home ~"]],
    ["server ~/notes", ["home ~/notes"]],
    ["server $HOME", ["home $HOME"]],
    ["server ${HOME}/notes", ["home ${HOME}/notes"]],
    ["server /home/anna", ["home /home/anna"]],
    ["server --allow=/Users/anna/Documents", ["home /Users/anna/Documents"]],
    ['server "C:\\\\Users\\\\anna\\\\My notes"', ["home C:\\Users\\anna\\My notes"]],
    ['server "/home/anna/Meine Dokumente" x', ["home /home/anna/Meine Dokumente"]],
    ['server "--root=/home/anna/Meine Dokumente"', ["home /home/anna/Meine Dokumente"]],
    ['sh -c "echo \\"rm\\""', ["shell sh", "deletes rm"]],
    ["PATH=/opt/evil:/usr/bin npx server", ["variable PATH"]],
    ['"NODE_OPTIONS=--import data:text/javascript,x" npx server', ["variable NODE_OPTIONS"]],
    ["env ld_preload=/home/anna/x.so server", ["variable ld_preload", "home /home/anna/x.so"]],
    ["/home/anna/.nvm/bin/npx server", ["home /home/anna/.nvm/bin/npx"]],
  ])("points at it: %s", (command, expected) => {
    expect(found(command)).toEqual(expected);
  });

  it("looks into a script that stands in quotes", () => {
    expect(found('sh -c "true;rm -rf ~/x|sudo tee /etc/passwd"')).toEqual([
      "shell sh",
      "deletes rm",
      "home ~/x",
      "administrator sudo",
    ]);
  });

  it("names each word once", () => {
    expect(found("sudo sudo sudo")).toEqual(["administrator sudo"]);
  });

  it.each([
    "npx -y @modelcontextprotocol/server-memory",
    "node server.js --format json --shell-less --rm-old",
    "server /home",
    "server /homework/anna /opt/su-server",
    "uvx mcp-server-git --repository /srv/git",
    "constructor __proto__ toString",
    "server LEVEL=read --path=x PATHS=a",
    "",
  ])("leaves alone: %s", (command) => {
    expect(found(command)).toEqual([]);
  });
});
