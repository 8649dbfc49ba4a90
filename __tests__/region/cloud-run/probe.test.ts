import { TerraformVariable } from "cdktf";
import { Gpu, type GrpcProbeOptions, type HttpProbeOptions, Probe, type ProbeOptions } from "../../../lib";
import { testStack } from "../../support";
import { addRegion, construct, container } from "./region-stack";

const L4 = { gpu: Gpu.l4() };
const USES = ["startup", "liveness", "readiness"] as const;

describe("what the container gets", () => {
  test("a TCP startup probe on its port for 240 seconds, where nothing is set", () => {
    expect(container({ port: 9000 })).toMatchObject({
      startup_probe: {
        tcp_socket: { port: 9000 },
        initial_delay_seconds: 0,
        period_seconds: 10,
        timeout_seconds: 5,
        failure_threshold: 24,
      },
    });
    expect(container()).not.toHaveProperty("liveness_probe");
    expect(container()).not.toHaveProperty("readiness_probe");
  });

  test("time to load a model with a GPU: 900 seconds", () => {
    expect(container(L4).startup_probe).toMatchObject({ period_seconds: 10, failure_threshold: 90 });
  });

  test.each([
    [{ periodSeconds: 3 }, { period_seconds: 3, timeout_seconds: 3, failure_threshold: 80 }],
    [{ periodSeconds: 60 }, { period_seconds: 60, timeout_seconds: 5, failure_threshold: 4 }],
    [{ periodSeconds: 600 }, { period_seconds: 600, timeout_seconds: 5, failure_threshold: 1 }],
    [{ failureThreshold: 60 }, { period_seconds: 10, timeout_seconds: 5, failure_threshold: 60 }],
    [
      { timeoutSeconds: 10, initialDelaySeconds: 600 },
      { timeout_seconds: 10, initial_delay_seconds: 600 },
    ],
  ])("a startup probe of %p keeps what is left out within the limits", (options, expected) => {
    expect(container({ startupProbe: Probe.tcp(options) }).startup_probe).toMatchObject(expected);
  });

  test("an HTTP startup probe with headers", () => {
    const startupProbe = Probe.http("/healthz", { port: 8081, headers: { "X-Probe": "1" } });
    expect(container({ startupProbe }).startup_probe).toEqual({
      http_get: { path: "/healthz", port: 8081, http_headers: [{ name: "X-Probe", value: "1" }] },
      initial_delay_seconds: 0,
      period_seconds: 10,
      timeout_seconds: 5,
      failure_threshold: 24,
    });
  });

  test("a gRPC liveness probe of one service, on the port that serves", () => {
    const livenessProbe = Probe.grpc({ service: "inference", periodSeconds: 3600 });
    expect(container({ livenessProbe, port: 50051, http2: true }).liveness_probe).toEqual({
      grpc: { port: 50051, service: "inference" },
      initial_delay_seconds: 0,
      period_seconds: 3600,
      timeout_seconds: 5,
      failure_threshold: 3,
    });
  });

  test("a readiness probe without initial delay, with a success threshold", () => {
    expect(container({ readinessProbe: Probe.http("/ready", { successThreshold: 1 }) }).readiness_probe).toEqual({
      http_get: { path: "/ready", port: 8080 },
      period_seconds: 10,
      timeout_seconds: 5,
      failure_threshold: 3,
      success_threshold: 1,
    });
  });

  test("a gRPC readiness probe of the whole server", () => {
    expect(container({ readinessProbe: Probe.grpc() }).readiness_probe).toEqual({
      grpc: { port: 8080 },
      period_seconds: 10,
      timeout_seconds: 5,
      failure_threshold: 3,
      success_threshold: 2,
    });
  });

  test("a gRPC readiness probe of one service", () => {
    expect(container({ readinessProbe: Probe.grpc({ service: "inference" }) }).readiness_probe).toMatchObject({
      grpc: { port: 8080, service: "inference" },
    });
  });

  test("as much time to start as Cloud Run allows: 600 seconds, 1800 with a GPU", () => {
    const startupProbe = (failureThreshold: number) => Probe.tcp({ failureThreshold, periodSeconds: 10 });
    expect(container({ startupProbe: startupProbe(60) }).startup_probe).toMatchObject({ failure_threshold: 60 });
    expect(container({ ...L4, startupProbe: startupProbe(180) }).startup_probe).toMatchObject({
      failure_threshold: 180,
    });
  });
});

describe("what Cloud Run would reject", () => {
  test.each(["liveness", "readiness"] as const)("fails for a TCP %s probe", (use) => {
    expect(construct({ [`${use}Probe`]: Probe.tcp() })).toThrow(
      `[test/Chat] ${use}Probe: got "Probe.tcp", allowed is Probe.http or Probe.grpc; probe an HTTP path or the gRPC health service; TCP is for startup only`,
    );
  });

  test.each([
    ["without a GPU", {}, 61, 600],
    ["with a GPU", L4, 181, 1800],
  ])("fails for more time to start than there is %s", (words, props, failureThreshold, limit) => {
    expect(construct({ ...props, startupProbe: Probe.http("/", { failureThreshold }) })).toThrow(
      `[test/Chat] startupProbe: got "failureThreshold × periodSeconds = ${failureThreshold * 10} s", allowed is at most ${limit} s ${words}; lower failureThreshold, and load the model faster: from a volume or from the image instead of the internet`,
    );
  });

  describe.each(USES)("a %s probe", (use) => {
    const probe = (options: HttpProbeOptions, path = "/health") => ({ [`${use}Probe`]: Probe.http(path, options) });

    test.each(["healthz", "", "/a b", "/a?b=1", "/a#b", "https://example.com/"])("fails for the path %p", (path) => {
      expect(construct(probe({}, path))).toThrow(
        `[test/Chat] ${use}Probe.path: got "${path}", allowed is a path that starts with /; for example Probe.http("/healthz")`,
      );
    });

    test("fails for a timeout longer than its period", () => {
      const message = (most: number) =>
        `[test/Chat] ${use}Probe.timeoutSeconds: got 11, allowed is a whole number from 1 to ${most}; a probe must end before the next begins`;
      expect(construct(probe({ timeoutSeconds: 11, periodSeconds: 7 }))).toThrow(message(7));
      expect(construct(probe({ timeoutSeconds: 11 }))).toThrow(message(10));
    });

    test.each<[keyof ProbeOptions, number, string, string]>([
      ["port", 0, "1 to 65535", "give the port that answers the probe"],
      ["port", 65536, "1 to 65535", "give the port that answers the probe"],
      ["initialDelaySeconds", 601, "0 to 600", "give a number of whole seconds within the limits"],
      ["periodSeconds", 0, "1 to ", "give a number of whole seconds within the limits"],
      ["periodSeconds", 2.5, "1 to ", "give a number of whole seconds within the limits"],
      ["failureThreshold", 0, "1 to 1000", "give a number of failures"],
      ["successThreshold", 0, "1 to 1000", "give a number of successes"],
    ])("fails for a %s of %d", (option, value, range, fix) => {
      expect(construct(probe({ [option]: value }))).toThrow(
        `[test/Chat] ${use}Probe.${option}: got ${value}, allowed is a whole number from ${range}`,
      );
      expect(construct(probe({ [option]: value }))).toThrow(`; ${fix}`);
    });

    test("fails for a period known only at apply", () => {
      const stack = testStack();
      const periodSeconds = new TerraformVariable(stack, "period", { type: "number" }).numberValue;
      expect(() => addRegion(stack, probe({ periodSeconds }))).toThrow(
        `[test/Chat] ${use}Probe.periodSeconds: got "a number known only at apply", allowed is a literal known at synth; pass the literal value`,
      );
    });
  });

  test.each([
    ["startup", 600, {}],
    ["startup", 1800, L4],
    ["liveness", 3600, {}],
    ["readiness", 300, {}],
  ] as const)("fails for a %s period above %d seconds", (use, most, props) => {
    const probe = (options: GrpcProbeOptions) => construct({ ...props, [`${use}Probe`]: Probe.grpc(options) });
    expect(probe({ periodSeconds: most })).not.toThrow();
    expect(probe({ periodSeconds: most + 1 })).toThrow(
      `[test/Chat] ${use}Probe.periodSeconds: got ${most + 1}, allowed is a whole number from 1 to ${most}; give a number of whole seconds within the limits`,
    );
  });

  test("fails for headers of a readiness probe", () => {
    expect(construct({ readinessProbe: Probe.http("/", { headers: { "X-Probe": "1" } }) })).toThrow(
      '[test/Chat] readinessProbe.headers: got {"X-Probe":"1"}, allowed is none; remove them: Cloud Run sends no custom headers in readiness probes',
    );
    expect(construct({ readinessProbe: Probe.http("/", { headers: {} }) })).not.toThrow();
  });
});
