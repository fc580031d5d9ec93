/**
 * Owns the desktop's sound: a PulseAudio server of its own with a microphone that can be spoken into and a
 * loudspeaker that can be recorded. Never touches the user's sound server.
 */
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { once } from "node:events";
import { finished } from "node:stream/promises";
import { readyWhen } from "./services.mjs";
import { outputWhenDone, run } from "./programs.mjs";

const micSink = "micsink";
const micSource = "mic";
const speakerSink = "speaker";
const speakerMonitor = `${speakerSink}.monitor`;

/** The variables by which programs find the server below `runtimeFolder`. */
export function audioVariables(runtimeFolder) {
  return { PULSE_SERVER: `unix:${join(runtimeFolder, "pulse", "native")}` };
}

/** Starts the server and resolves when its devices are there. */
export async function startAudio(services, env, serviceEnv) {
  // Without `norewinds` a null sink works up to two seconds ahead, and every sound begins or ends that much late.
  const sink = (name, label) =>
    `module-null-sink sink_name=${name} rate=48000 channels=2 norewinds=1 sink_properties=device.description=${label}`;
  const modules = [
    // By the socket's owner alone: a cookie would be written into the user's home.
    "module-native-protocol-unix auth-anonymous=1",
    sink(speakerSink, "Speaker"),
    sink(micSink, "MicrophoneInput"),
    `module-remap-source master=${micSink}.monitor source_name=${micSource} source_properties=device.description=Microphone`,
  ];
  const server = services.start(
    "pulseaudio",
    [
      "-n",
      "--daemonize=no",
      "--system=false",
      "--exit-idle-time=-1",
      // As far as this user may: a sound server that waits for the processor makes gaps of its own.
      "--realtime=yes",
      "--high-priority=yes",
      "--use-pid-file=no",
      "--disable-shm=yes",
      "--log-target=stderr",
      ...modules.flatMap((module) => ["-L", module]),
    ],
    { env: serviceEnv },
  );
  const pactl = (...args) => outputWhenDone("pactl", args, env);
  await readyWhen(server, async () => {
    const sources = await pactl("list", "short", "sources").catch(() => "");
    return sources.includes(`\t${micSource}\t`) ? true : null;
  });
  await pactl("set-default-source", micSource);
  await pactl("set-default-sink", speakerSink);
  return { micSink, micSource, speakerSink, speakerMonitor, pactl };
}

/** Plays a WAV file into the microphone. */
export async function speakInto(env, wavPath) {
  await run("paplay", [`--device=${micSink}`, "--latency-msec=40", wavPath], env);
}

/** Records what the loudspeaker plays: raw PCM16 LE, 24 kHz, mono. */
export async function recordSpeaker(env, pcmPath) {
  await mkdir(dirname(pcmPath), { recursive: true });
  const recorder = spawn(
    "parec",
    [
      `--device=${speakerMonitor}`,
      "--format=s16le",
      "--rate=24000",
      "--channels=1",
      "--latency-msec=20",
      "--raw",
    ],
    { env, stdio: ["ignore", "pipe", "pipe"] },
  );
  const kill = () => recorder.kill("SIGKILL");
  process.once("exit", kill);
  let said = "";
  recorder.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const file = createWriteStream(pcmPath);
  const closed = once(recorder, "close");
  // Silence comes too: the first bytes tell that nothing from now on is missed.
  const began = await Promise.race([
    once(recorder.stdout, "readable").then(() => true),
    closed.then(() => false),
  ]);
  if (!began || recorder.exitCode !== null) throw new Error(`parec could not record: ${said.trim()}`);
  recorder.stdout.pipe(file);
  let stopped = null;
  return {
    stop() {
      stopped ??= (async () => {
        recorder.kill("SIGTERM");
        await closed;
        await finished(file);
        process.removeListener("exit", kill);
      })();
      return stopped;
    },
  };
}
