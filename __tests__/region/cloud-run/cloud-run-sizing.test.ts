import { Token } from "cdktf";
import { Construct } from "constructs";
import fc from "fast-check";
import { type CloudRunOptions, ExecutionEnvironment, Gpu, Volume } from "../../../lib";
import { resolveSizing } from "../../../lib/region/cloud-run/cloud-run-sizing";
import { testStack } from "../../support";

const { GEN1, GEN2 } = ExecutionEnvironment;
const where = new Construct(testStack(), "Chat");
const resolve = (options: CloudRunOptions) => resolveSizing(where, options);
const late = Token.asNumber({ resolve: () => 7 });

describe("defaults", () => {
  test("a small instance that scales to zero", () => {
    expect(resolve({})).toEqual({
      cpu: 1,
      memoryMiB: 1024,
      gpu: Gpu.none(),
      minInstances: 0,
      warmInstances: 0,
      maxInstances: 10,
      concurrency: 80,
      cpuAlwaysAllocated: false,
      executionEnvironment: GEN2,
    });
  });

  test.each<[string, CloudRunOptions, object]>([
    [
      "an L4",
      { gpu: Gpu.l4() },
      { cpu: 4, memoryMiB: 16384, concurrency: 16, maxInstances: 3, cpuAlwaysAllocated: true },
    ],
    [
      "an RTX PRO 6000",
      { gpu: Gpu.rtxPro6000() },
      { cpu: 20, memoryMiB: 81920, concurrency: 16, maxInstances: 3, cpuAlwaysAllocated: true },
    ],
    ["half a CPU", { cpu: 0.5 }, { memoryMiB: 512, concurrency: 1, executionEnvironment: GEN1 }],
    ["4 CPU", { cpu: 4 }, { memoryMiB: 2048, concurrency: 80, executionEnvironment: GEN2 }],
    ["8 CPU", { cpu: 8 }, { memoryMiB: 4096 }],
    ["less than 512 MiB", { memoryMiB: 256 }, { cpu: 1, executionEnvironment: GEN1 }],
    ["more warm instances than the default maximum", { minInstances: 25 }, { minInstances: 25, maxInstances: 25 }],
    ["options that other languages pass as unset", { cpu: undefined, gpu: undefined }, { cpu: 1, memoryMiB: 1024 }],
  ])("%s", (_what, options, expected) => {
    expect(resolve(options)).toMatchObject(expected);
  });
});

describe("what Cloud Run would reject", () => {
  const SIZES = "allowed is 1, 2, 4, 6 or 8, or 0.08 to 0.999; choose one of these sizes";

  test.each([0, 0.05, 0.9995, 1.5, 3, 10, -1])("fails for %p CPU", (cpu) => {
    expect(() => resolve({ cpu })).toThrow(`[test/Chat] cpu: got ${cpu}, ${SIZES}`);
  });

  test("fails for an L4 with 2 CPU", () => {
    expect(() => resolve({ gpu: Gpu.l4(), cpu: 2 })).toThrow(
      "[test/Chat] cpu: got 2, allowed is 4 or more with nvidia-l4; set cpu: 4 or leave it out",
    );
  });

  test.each([8, 19, 20.5, 45])("fails for an RTX PRO 6000 with %p CPU", (cpu) => {
    expect(() => resolve({ gpu: Gpu.rtxPro6000(), cpu })).toThrow(
      `[test/Chat] cpu: got ${cpu}, allowed is a whole number from 20 to 44 with this GPU; choose one of these sizes`,
    );
  });

  test.each<[CloudRunOptions, string, string]>([
    [{ cpu: 1, memoryMiB: 127 }, "128 to 4096", "1 CPU"],
    [{ cpu: 1, memoryMiB: 4097 }, "128 to 4096", "1 CPU"],
    [{ cpu: 2, memoryMiB: 8193 }, "128 to 8192", "2 CPU"],
    [{ cpu: 4, memoryMiB: 1024 }, "2048 to 16384", "4 CPU"],
    [{ cpu: 4, memoryMiB: 16385 }, "2048 to 16384", "4 CPU"],
    [{ cpu: 6, memoryMiB: 4095 }, "4096 to 24576", "6 CPU"],
    [{ cpu: 8, memoryMiB: 32769 }, "4096 to 32768", "8 CPU"],
    [{ cpu: 0.5, memoryMiB: 1025 }, "128 to 1024", "0.5 CPU"],
    [{ cpu: 0.25, memoryMiB: 513 }, "128 to 512", "0.25 CPU"],
    [{ cpu: 2, memoryMiB: 1024.5 }, "128 to 8192", "2 CPU"],
    [{ gpu: Gpu.l4(), memoryMiB: 8192 }, "16384 to 16384", "4 CPU and nvidia-l4"],
    [{ gpu: Gpu.rtxPro6000(), memoryMiB: 180225 }, "81920 to 180224", "20 CPU and nvidia-rtx-pro-6000"],
  ])("fails for memory outside its CPU's range: %p", (options, range, what) => {
    expect(() => resolve(options)).toThrow(
      `[test/Chat] memoryMiB: got ${options.memoryMiB}, allowed is a whole number from ${range}; these are the limits for ${what}: change memoryMiB or cpu`,
    );
  });

  test.each([0, 1001, 2.5])("fails for a concurrency of %p", (concurrency) => {
    expect(() => resolve({ concurrency })).toThrow(
      `[test/Chat] concurrency: got ${concurrency}, allowed is a whole number from 1 to 1000; give a number of requests`,
    );
  });

  test("fails for a concurrency of 2 below 1 CPU", () => {
    expect(() => resolve({ cpu: 0.5, concurrency: 2 })).toThrow(
      "[test/Chat] concurrency: got 2, allowed is a whole number from 1 to 1; below 1 CPU an instance serves one request at a time",
    );
  });

  test.each([0, 10001])("fails for a maximum of %p instances", (maxInstances) => {
    expect(() => resolve({ maxInstances })).toThrow(
      `[test/Chat] maxInstances: got ${maxInstances}, allowed is a whole number from 1 to 10000; give a number of instances`,
    );
  });

  test.each([
    [5, 4],
    [-1, 4],
  ])("fails for a minimum of %p with a maximum of %p instances", (minInstances, maxInstances) => {
    expect(() => resolve({ minInstances, maxInstances })).toThrow(
      `[test/Chat] minInstances: got ${minInstances}, allowed is a whole number from 0 to 4; it may not exceed maxInstances (4)`,
    );
  });

  test.each([0, 3601])("fails for a timeout of %p seconds", (timeoutSeconds) => {
    expect(() => resolve({ timeoutSeconds })).toThrow(
      `[test/Chat] timeoutSeconds: got ${timeoutSeconds}, allowed is 1 to 3600 seconds; answer within an hour, or do the work in a Cloud Run job`,
    );
  });

  test.each([0, 65536])("fails for port %p", (port) => {
    expect(() => resolve({ port })).toThrow(
      `[test/Chat] port: got ${port}, allowed is a whole number from 1 to 65535; give the TCP port that the container listens on`,
    );
  });

  test.each<[CloudRunOptions, string]>([
    [{ gpu: Gpu.l4(), cpuAlwaysAllocated: false }, "got false, allowed is true with a GPU"],
    [{ cpu: 0.5, cpuAlwaysAllocated: true }, "got true, allowed is false below 1 CPU"],
  ])("fails for CPU outside requests that the size does not allow: %p", (options, message) => {
    expect(() => resolve(options)).toThrow(`[test/Chat] cpuAlwaysAllocated: ${message}; leave it out`);
  });

  const BUCKET = [Volume.gcs("/models", "my-models")];

  test.each<[string, CloudRunOptions, string]>([
    [
      "first generation with a GPU",
      { gpu: Gpu.l4(), executionEnvironment: GEN1 },
      `got "${GEN1}", allowed is ${GEN2} with a GPU; leave it out`,
    ],
    [
      "first generation with a bucket",
      { volumes: BUCKET, executionEnvironment: GEN1 },
      `got "${GEN1}", allowed is ${GEN2} with a Cloud Storage volume; leave it out`,
    ],
    [
      "a bucket below 1 CPU",
      { volumes: BUCKET, cpu: 0.5 },
      `got "${GEN1}", allowed is ${GEN2} with a Cloud Storage volume; 0.5 CPU runs in the first generation only: raise it`,
    ],
    [
      "a bucket below 512 MiB",
      { volumes: BUCKET, memoryMiB: 256 },
      `got "${GEN1}", allowed is ${GEN2} with a Cloud Storage volume; 256 MiB runs in the first generation only: raise it`,
    ],
    [
      "second generation below 1 CPU",
      { cpu: 0.5, executionEnvironment: GEN2 },
      `got "${GEN2}", allowed is ${GEN1} with 0.5 CPU; leave it out, or use at least 1 CPU and 512 MiB`,
    ],
    [
      "second generation below 512 MiB",
      { memoryMiB: 511, executionEnvironment: GEN2 },
      `got "${GEN2}", allowed is ${GEN1} with 511 MiB; leave it out, or use at least 1 CPU and 512 MiB`,
    ],
  ])("fails for %s", (_what, options, message) => {
    expect(() => resolve(options)).toThrow(`[test/Chat] executionEnvironment: ${message}`);
  });
});

describe("values known only at apply", () => {
  test.each(["cpu", "memoryMiB", "minInstances"] as const)("fails for %s, which decides other values", (what) => {
    expect(() => resolve({ [what]: late })).toThrow(
      `[test/Chat] ${what}: got "a number known only at apply", allowed is a literal known at synth; pass the literal value`,
    );
  });

  test("a maximum of instances passes, with and without a minimum", () => {
    expect(resolve({ maxInstances: late })).toMatchObject({ minInstances: 0, maxInstances: late });
    expect(resolve({ maxInstances: late, minInstances: 2 })).toMatchObject({ minInstances: 2, maxInstances: late });
  });

  test.each(["concurrency", "timeoutSeconds", "port"] as const)("%s passes", (what) => {
    expect(() => resolve({ [what]: late })).not.toThrow();
  });
});

describe("for any valid options", () => {
  const optional = { requiredKeys: [] as [] };
  const size = (cpu: number, min: number, max: number, gpu: Gpu) =>
    fc.record(
      { cpu: fc.constant(cpu), gpu: fc.constant(gpu), memoryMiB: fc.integer({ min, max }) },
      { requiredKeys: ["cpu", "gpu"] },
    );
  const whole = ([cpu, min, max]: readonly number[], gpu = Gpu.none()) =>
    size(cpu!, Math.max(min!, gpu.minMemoryMiB), max!, gpu);
  const table = [
    [1, 128, 4096],
    [2, 128, 8192],
    [4, 2048, 16384],
    [6, 4096, 24576],
    [8, 4096, 32768],
  ];
  const sizes = fc.oneof(
    ...table.map((row) => whole(row)),
    ...table.slice(2).map((row) => whole(row, Gpu.l4())),
    fc.integer({ min: 20, max: 44 }).chain((cpu) => whole([cpu, 81920, 180224], Gpu.rtxPro6000())),
    fc.integer({ min: 80, max: 499 }).chain((milli) => whole([milli / 1000, 128, 512])),
    fc.integer({ min: 500, max: 999 }).chain((milli) => whole([milli / 1000, 128, 1024])),
  );
  const scaling = fc.oneof(
    fc.record({ minInstances: fc.integer({ min: 0, max: 10000 }) }, optional),
    fc
      .tuple(fc.integer({ min: 1, max: 10000 }), fc.integer({ min: 0, max: 10000 }))
      .map(([max, min]) => ({ maxInstances: max, minInstances: Math.min(min, max) })),
  );
  const rest = fc.record(
    {
      concurrency: fc.integer({ min: 1, max: 1000 }),
      timeoutSeconds: fc.integer({ min: 1, max: 3600 }),
      port: fc.integer({ min: 1, max: 65535 }),
    },
    optional,
  );
  const options: fc.Arbitrary<CloudRunOptions> = fc
    .tuple(sizes, scaling, rest)
    .map(([one, two, three]) => ({ ...one, ...two, ...three, ...(one.cpu < 1 && { concurrency: 1 }) }));

  test("keeps what is set, and fills in what Cloud Run accepts", () => {
    fc.assert(
      fc.property(options, (given) => {
        const sizing = resolve(given);
        const { timeoutSeconds: _timeout, port: _port, ...kept } = given;
        expect(sizing).toMatchObject(kept);
        expect(sizing.memoryMiB).toBeGreaterThanOrEqual(Math.max(128, sizing.gpu.minMemoryMiB));
        expect(sizing.cpu).toBeGreaterThanOrEqual(sizing.gpu.minCpu);
        expect(sizing.minInstances).toBeLessThanOrEqual(sizing.maxInstances);
        expect(sizing.maxInstances).toBeGreaterThanOrEqual(1);
        expect(sizing.maxInstances).toBeLessThanOrEqual(10000);
        expect(sizing.concurrency).toBeGreaterThanOrEqual(1);
        expect(sizing.concurrency).toBeLessThanOrEqual(sizing.cpu < 1 ? 1 : 1000);
        expect(sizing.cpuAlwaysAllocated).toBe(sizing.gpu.accelerator !== undefined);
        expect(sizing.executionEnvironment).toBe(sizing.cpu < 1 || sizing.memoryMiB < 512 ? GEN1 : GEN2);
        const [, least, most] = table.find(([cpu]) => cpu === sizing.cpu) ?? [0, 128, sizing.cpu < 1 ? 1024 : 180224];
        expect(sizing.memoryMiB).toBeGreaterThanOrEqual(least!);
        expect(sizing.memoryMiB).toBeLessThanOrEqual(most!);
      }),
      { numRuns: 300 },
    );
  });

  test("filled in again, it stays what it is", () => {
    fc.assert(
      fc.property(options, (given) => {
        const sizing = resolve(given);
        expect(resolve({ ...given, ...sizing })).toEqual(sizing);
      }),
    );
  });
});
