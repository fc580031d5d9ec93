/**
 * Owns reading the two archive formats that the set-up meets: one member out of a .tgz, and a .zip as a whole.
 * Only what those need: no writing, no encryption, no zip64. Streams; nothing is held in memory whole.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, symlink } from "node:fs/promises";
import { dirname, resolve, sep } from "node:path";
import { finished, pipeline } from "node:stream/promises";
import { createGunzip, createInflateRaw } from "node:zlib";
import { once } from "node:events";

const tarBlockBytes = 512;

/** Writes the first member of a gzipped tar whose name ends in `memberName` to the file `target`. */
export async function extractTarMember(archive, memberName, target) {
  const source = createReadStream(archive).pipe(createGunzip());
  let pending = Buffer.alloc(0);
  let skipBytes = 0;
  let leftBytes = 0;
  let output = null;
  for await (const chunk of source) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length > 0) {
      if (output !== null) {
        const part = pending.subarray(0, leftBytes);
        leftBytes -= part.length;
        pending = pending.subarray(part.length);
        if (!output.write(part)) await once(output, "drain");
        if (leftBytes > 0) continue;
        output.end();
        await finished(output);
        source.destroy();
        return;
      }
      if (skipBytes > 0) {
        const skipped = Math.min(skipBytes, pending.length);
        skipBytes -= skipped;
        pending = pending.subarray(skipped);
        continue;
      }
      if (pending.length < tarBlockBytes) break;
      const header = pending.subarray(0, tarBlockBytes);
      pending = pending.subarray(tarBlockBytes);
      const sizeBytes = Number.parseInt(textField(header, 124, 12).trim() || "0", 8);
      if (textField(header, 0, 100).endsWith(memberName)) {
        output = createWriteStream(target);
        leftBytes = sizeBytes;
      } else {
        skipBytes = Math.ceil(sizeBytes / tarBlockBytes) * tarBlockBytes;
      }
    }
  }
  output?.destroy();
  throw new Error(`${archive} ends without ${memberName}`);
}

/** A NUL-terminated text field of a tar header. */
function textField(header, start, length) {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.subarray(0, end === -1 ? length : end).toString("latin1");
}

/**
 * Unpacks a zip below `folder`, with permissions and symbolic links. `placeOf(name)` says where a member goes
 * (a path below `folder`) or null to leave it out.
 */
export async function extractZip(archive, folder, placeOf) {
  const file = await open(archive, "r");
  try {
    for (const member of await readZipDirectory(file)) {
      const place = placeOf(member.name);
      if (place === null || member.name.endsWith("/")) continue;
      const target = resolve(folder, place);
      if (!target.startsWith(folder + sep)) throw new Error(`unsafe path in the archive: ${member.name}`);
      await mkdir(dirname(target), { recursive: true });
      await writeZipMember(file, archive, member, target);
    }
  } finally {
    await file.close();
  }
}

/** Unpacks one member of a zip to `target`. */
async function writeZipMember(file, archive, member, target) {
  const local = await readBytes(file, member.headerAt, 30);
  const dataAt = member.headerAt + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  if (member.packedBytes === 0) {
    createWriteStream(target, { mode: member.mode & 0o777 || 0o644 }).end();
    return;
  }
  const packed = createReadStream(archive, { start: dataAt, end: dataAt + member.packedBytes - 1 });
  const content = member.method === 8 ? packed.pipe(createInflateRaw()) : packed;
  packed.once("error", (error) => content.destroy(error));
  if ((member.mode & 0o170000) === 0o120000) {
    const chunks = [];
    for await (const chunk of content) chunks.push(chunk);
    await symlink(Buffer.concat(chunks).toString("utf8"), target);
    return;
  }
  const output = createWriteStream(target, { mode: member.mode & 0o777 || 0o644 });
  await pipeline(content, output);
  if (output.bytesWritten !== member.unpackedBytes)
    throw new Error(`${member.name} is damaged in ${archive}`);
}

/** The members of a zip, from the directory at its end. */
async function readZipDirectory(file) {
  const { size: archiveBytes } = await file.stat();
  const tailBytes = Math.min(archiveBytes, 22 + 0xffff);
  const tail = await readBytes(file, archiveBytes - tailBytes, tailBytes);
  const end = tail.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  if (end === -1) throw new Error("not a zip archive: its directory is missing");
  const directory = await readBytes(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const members = [];
  for (let at = 0; at + 46 <= directory.length;) {
    const nameBytes = directory.readUInt16LE(at + 28);
    const member = {
      name: directory.toString("utf8", at + 46, at + 46 + nameBytes),
      method: directory.readUInt16LE(at + 10),
      packedBytes: directory.readUInt32LE(at + 20),
      unpackedBytes: directory.readUInt32LE(at + 24),
      mode: directory.readUInt32LE(at + 38) >>> 16,
      headerAt: directory.readUInt32LE(at + 42),
    };
    if (member.method !== 0 && member.method !== 8) throw new Error(`${member.name}: unknown compression`);
    members.push(member);
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return members;
}

/** Exactly `length` bytes of an open file. */
async function readBytes(file, position, length) {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length) throw new Error("the archive is cut short");
  return buffer;
}
