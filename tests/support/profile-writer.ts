/**
 * Owns a process that writes a profile file over and over, to be killed at any moment. Its values prove themselves:
 * a number, filler that follows from it, and their sum.
 *
 * Run as: node BUNDLE PATH FIRST. It says `w` before each write.
 */
import { openProfileFile } from "../../electron/main/profile-file.ts";
import { openConf } from "./conf-store.ts";
import { valueOf } from "./profile-values.ts";

const [, , path = "", first = "0"] = process.argv;
const file = openProfileFile(path, openConf);
for (let number = Number(first); ; number += 1) {
  process.stdout.write("w");
  const failure = file.write(valueOf(number));
  if (failure !== null) {
    process.stderr.write(`the write of ${number} failed: ${failure}\n`);
    process.exit(3);
  }
}
