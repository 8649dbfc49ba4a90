import { HealthCheck, type HealthCheckOptions } from "../../../lib";
import { testStack } from "../../support";

const where = testStack();
const render = (check: HealthCheck, use: "loadBalancing" | "autoHealing" = "loadBalancing") =>
  check._render(where, use, 8080);

test("asks for a path, a gRPC status, an open port or a TLS handshake, on the port that serves", () => {
  const at = { port: 8080, portSpecification: "USE_FIXED_PORT" };
  const kinds: [HealthCheck, object][] = [
    [
      HealthCheck.http("/ready", { host: "model" }),
      { httpHealthCheck: { ...at, requestPath: "/ready", host: "model" } },
    ],
    [HealthCheck.https("/ready"), { httpsHealthCheck: { ...at, requestPath: "/ready" } }],
    [HealthCheck.http2("/ready"), { http2HealthCheck: { ...at, requestPath: "/ready" } }],
    [HealthCheck.grpc({ service: "chat" }), { grpcHealthCheck: { ...at, grpcServiceName: "chat" } }],
    [HealthCheck.tcp(), { tcpHealthCheck: at }],
    [HealthCheck.ssl(), { sslHealthCheck: at }],
  ];
  for (const [check, expected] of kinds) {
    const blocks = Object.entries(render(check)).filter(([name, value]) => name.endsWith("HealthCheck") && value);
    expect(JSON.parse(JSON.stringify(Object.fromEntries(blocks)))).toEqual(expected);
  }
});

test("waits longer before a machine is made anew than before it gets no requests", () => {
  const shared = { timeoutSec: 5, healthyThreshold: 2, logConfig: { enable: true } };
  expect(render(HealthCheck.tcp())).toMatchObject({ ...shared, checkIntervalSec: 10, unhealthyThreshold: 3 });
  expect(render(HealthCheck.tcp(), "autoHealing")).toMatchObject({
    ...shared,
    checkIntervalSec: 30,
    unhealthyThreshold: 10,
  });
});

test("takes its own port, timing and logging", () => {
  const options: HealthCheckOptions = {
    port: 9000,
    intervalSeconds: 3,
    healthyThreshold: 1,
    unhealthyThreshold: 10,
    logging: false,
  };
  expect(render(HealthCheck.tcp(options))).toMatchObject({
    checkIntervalSec: 3,
    // Never longer than the interval.
    timeoutSec: 3,
    healthyThreshold: 1,
    unhealthyThreshold: 10,
    logConfig: { enable: false },
    tcpHealthCheck: { port: 9000 },
  });
  expect(render(HealthCheck.tcp({ timeoutSeconds: 2 })).timeoutSec).toBe(2);
});

test("sends the line of the PROXY protocol where the port expects it", () => {
  expect(render(HealthCheck.http("/", { proxyProtocol: true })).httpHealthCheck?.proxyHeader).toBe("PROXY_V1");
  expect(render(HealthCheck.tcp({ proxyProtocol: true })).tcpHealthCheck?.proxyHeader).toBe("PROXY_V1");
  expect(render(HealthCheck.ssl()).sslHealthCheck?.proxyHeader).toBeUndefined();
});

test("knows its port, and whether the firewall admits it", () => {
  expect(HealthCheck.tcp()._port(8080)).toBe(8080);
  expect(HealthCheck.tcp({ port: 9000 })._port(8080)).toBe(9000);
  HealthCheck.tcp({ port: 9000 })._checkAdmitted(where, 8080, [8080, 9000]);
  expect(() => HealthCheck.tcp({ port: 9001 })._checkAdmitted(where, 8080, [8080, 9000])).toThrow(
    "[test] healthCheck.port: got 9001, allowed is a port that the firewall admits health checks to: 8080, 9000; check one of these ports",
  );
});

test.each<[string, HealthCheck, string]>([
  [
    "a path without slash",
    HealthCheck.http("ready"),
    'healthCheck.path: got "ready", allowed is a path that starts with /',
  ],
  ["a query", HealthCheck.https("/ready?deep=1"), 'healthCheck.path: got "/ready?deep=1"'],
  ["port 0", HealthCheck.tcp({ port: 0 }), "healthCheck.port: got 0, allowed is a whole number from 1 to 65535"],
  ["an interval of 301 s", HealthCheck.tcp({ intervalSeconds: 301 }), "healthCheck.intervalSeconds: got 301"],
  [
    "a timeout longer than the interval",
    HealthCheck.tcp({ intervalSeconds: 5, timeoutSeconds: 6 }),
    "healthCheck.timeoutSeconds: got 6, allowed is a whole number from 1 to 5; a check must end before the next begins",
  ],
  [
    "a timeout longer than the default interval",
    HealthCheck.tcp({ timeoutSeconds: 11 }),
    "healthCheck.timeoutSeconds: got 11, allowed is a whole number from 1 to 10",
  ],
  ["a threshold of 0", HealthCheck.tcp({ healthyThreshold: 0 }), "healthCheck.healthyThreshold: got 0"],
  ["a threshold of 11", HealthCheck.tcp({ unhealthyThreshold: 11 }), "healthCheck.unhealthyThreshold: got 11"],
  ["a PROXY line before gRPC", HealthCheck.grpc({ proxyProtocol: true }), "healthCheck.proxyProtocol: got true"],
])("fails for %s", (_name, check, message) => {
  expect(() => render(check)).toThrow(`[test] ${message}`);
});
