import {
  type CloudRunRegionProps,
  ContainerImage,
  ImageRegistry,
  Probe,
  Secret,
  type Sidecar,
  Volume,
} from "../../../lib";
import { findingsOf, type Json } from "../../rules/rule-support";
import { dependsOn, only, synth, testStack } from "../../support";
import { expectTransition } from "../../transition-support";
import { addRegion, construct, SERVICE, template } from "./region-stack";

const COLLECTOR = ContainerImage.fromReference("docker.io/otel/collector:0.140.0");
const started = Probe.http("/", { port: 13133 });
const collector: Sidecar = { name: "collector", image: COLLECTOR, startupProbe: started };

test("a sidecar runs beside the container that serves requests, with a size of its own and no port", () => {
  const { containers } = template({ sidecars: [{ ...collector, args: ["--config=/c"], env: { A: "1" } }] });
  expect(containers).toMatchObject([
    { name: "main", ports: { container_port: 8080 } },
    {
      name: "collector",
      image: COLLECTOR.reference,
      args: ["--config=/c"],
      env: [{ name: "A", value: "1" }],
      resources: { limits: { cpu: "1", memory: "512Mi" }, cpu_idle: true },
      startup_probe: { http_get: { path: "/", port: 13133 } },
    },
  ]);
  expect((containers as object[])[1]).not.toHaveProperty("ports");
});

test("without sidecars the container has no name: nothing changes for a service that has none", () => {
  expect(template().containers).not.toHaveProperty("0.name");
  expect(template({ sidecars: [] })).toEqual(template());
});

test("containers start in the order that is asked for", () => {
  const proxy = { name: "proxy", image: COLLECTOR, startAfter: ["main"] };
  const { containers } = template({ sidecars: [collector, proxy], startAfter: ["collector"] });
  expect(containers).toMatchObject([{ depends_on: ["collector"] }, {}, { name: "proxy", depends_on: ["main"] }]);
});

test("containers share a volume that both are given", () => {
  const scratch = Volume.inMemory("/scratch", 1200);
  const own = Volume.secret("/token", "token", Secret.fromName(testStack(), "Token", "token"));
  const { volumes, containers } = template({
    volumes: [scratch],
    sidecars: [{ ...collector, volumes: [scratch, own] }],
  });
  expect(volumes).toMatchObject([{ name: "v-scratch" }, { name: "v-token" }]);
  expect(containers).toMatchObject([
    { volume_mounts: [{ name: "v-scratch" }] },
    { volume_mounts: [{ name: "v-scratch" }, { name: "v-token" }] },
  ]);
});

test("what a sidecar reads is granted and exists before the first revision", () => {
  const stack = testStack();
  const registry = new ImageRegistry(stack, "Tools", { location: "europe" });
  const image = ContainerImage.fromRegistry(registry, "proxy", "1.0");
  const secretEnv = { TOKEN: new Secret(stack, "Token") };
  addRegion(stack, { sidecars: [{ name: "proxy", image, secretEnv }] });
  const document = synth(stack);
  expect(dependsOn(only(document, SERVICE))).toEqual(
    expect.arrayContaining([
      only(document, "google_artifact_registry_repository").address,
      only(document, "google_secret_manager_secret_iam_member").address,
      only(document, "google_secret_manager_secret_version").address,
    ]),
  );
  expect(findingsOf(document.json as Json).filter(({ severity }) => severity === "error")).toEqual([]);
});

test("adding one changes the service in place", () => {
  const document = (sidecars: Sidecar[]) => {
    const stack = testStack();
    addRegion(stack, { sidecars });
    return synth(stack);
  };
  expectTransition(document([]), document([collector]), { changed: ["Chat"] });
});

const many = Array.from({ length: 10 }, (_, index) => ({ name: `s${index}`, image: COLLECTOR }));
const errors: [string, Partial<CloudRunRegionProps>, string][] = [
  ["more than ten containers", { sidecars: many }, "sidecars: got"],
  ["a name that is no DNS label", { sidecars: [{ ...collector, name: "The Collector" }] }, "sidecars name: got"],
  [
    "two of one name",
    { sidecars: [collector, collector] },
    'sidecars name: got "collector", allowed is each value once',
  ],
  ["the name of the main container", { sidecars: [{ ...collector, name: "main" }] }, 'sidecars name: got "main"'],
  ["an unknown size", { sidecars: [{ ...collector, cpu: 3 }] }, 'sidecars["collector"].cpu: got 3'],
  ["too little memory", { sidecars: [{ ...collector, memoryMiB: 0 }] }, 'sidecars["collector"].memoryMiB: got "0Mi"'],
  [
    "a variable that Cloud Run sets",
    { sidecars: [{ ...collector, env: { K_SERVICE: "x" } }] },
    'environment variable: got "K_SERVICE"',
  ],
  [
    "an unknown container to wait for",
    { sidecars: [collector], startAfter: ["colector"] },
    'startAfter of main: got "colector", allowed is collector; did you mean "collector"?',
  ],
  ["waiting without sidecars", { startAfter: ["collector"] }, "allowed is nothing without sidecars"],
  [
    "a container that is waited for and has no startup probe",
    { sidecars: [{ name: "proxy", image: COLLECTOR }], startAfter: ["proxy"] },
    'sidecars["proxy"].startupProbe: got nothing, allowed is a probe, because main waits for it',
  ],
  [
    "containers that wait for each other",
    { sidecars: [{ ...collector, startAfter: ["main"] }], startAfter: ["collector"] },
    'startAfter: got "main, collector", allowed is an order in which each container can start',
  ],
  [
    "a probe without a port",
    { sidecars: [{ ...collector, startupProbe: Probe.tcp() }] },
    "startupProbe.port: got nothing, allowed is a port: a sidecar has none that serves requests",
  ],
  [
    "two volumes at one path",
    {
      volumes: [Volume.inMemory("/scratch", 64)],
      sidecars: [{ ...collector, volumes: [Volume.inMemory("/scratch", 64)] }],
    },
    'volume mount path: got "/scratch"',
  ],
];

test.each(errors)("fails for %s", (_what, props, message) => {
  expect(construct(props)).toThrow(message);
});
