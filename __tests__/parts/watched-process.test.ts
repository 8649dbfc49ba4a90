import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WatchedProcess } from "../../cli/preview/watched-process";

const folder = () => mkdtempSync(join(tmpdir(), "watched-"));

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (const start = Date.now(); !holds(); await sleep(20)) if (Date.now() - start > 8000) throw new Error("in vain");
}

/** Starts a program that starts another, and tells the process ids of both. */
async function family(): Promise<{ readonly watched: WatchedProcess; readonly pids: number[]; readonly temp: string }> {
  const pids: number[] = [];
  const temp = folder();
  const watched = new WatchedProcess("/bin/sh", ["-c", "sleep 300 & echo $! $$; wait"], {
    folder: temp,
    onLine: (line) => pids.push(...line.split(" ").map(Number)),
  });
  await until(() => pids.length === 2);
  return { watched, pids, temp };
}

test("ends a program with all that it started, and removes its folder", async () => {
  const { watched, pids, temp } = await family();
  expect(pids.map(isRunning)).toEqual([true, true]);
  await watched.stop();
  await until(() => !pids.some(isRunning) && !existsSync(temp));
});

test("ends a program that ignores SIGTERM", async () => {
  const pids: number[] = [];
  const watched = new WatchedProcess("/bin/sh", ["-c", 'trap "" TERM; echo $$; while :; do sleep 0.1; done'], {
    onLine: (line) => pids.push(Number(line)),
  });
  await until(() => pids.length === 1);
  await watched.stop();
  await until(() => !isRunning(pids[0]!));
});

test("says with which code a program ended, and passes its output on", async () => {
  const lines: string[] = [];
  const watched = new WatchedProcess("/bin/sh", ["-c", "echo out; echo err >&2; exit 3"], {
    onLine: (line) => lines.push(line),
  });
  expect(await watched.ended).toBe(3);
  await until(() => lines.length === 2);
  expect(lines.sort()).toEqual(["err", "out"]);
  await watched.stop();
});

test("ends it and removes the folder also where this process is killed", async () => {
  const [temp, own] = [folder(), folder()];
  const program = join(own, "owner.ts");
  writeFileSync(
    program,
    `import { WatchedProcess } from ${JSON.stringify(join(__dirname, "../../cli/preview/watched-process"))};
     new WatchedProcess("/bin/sh", ["-c", "echo $$; exec sleep 300"], { folder: ${JSON.stringify(temp)}, onLine: (line) => console.log(line) });`,
  );
  const owner = spawn(process.execPath, [join(__dirname, "../../scripts/run.cjs"), program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let pid = 0;
  owner.stdout.on("data", (data) => {
    pid = Number(String(data));
  });
  await until(() => pid > 0);
  expect(isRunning(pid)).toBe(true);
  owner.kill("SIGKILL");
  await until(() => !isRunning(pid) && !existsSync(temp));
});
