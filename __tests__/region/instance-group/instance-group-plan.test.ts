import { AutoHealing, HealthCheck, Reservations } from "../../../lib";
import { type GroupSetup, instanceGroup } from "./instance-group-stack";

const L4 = "g2-standard-8";

const FAILURES: [string, GroupSetup, RegExp][] = [
  ["more machines at least than at most", { minInstances: 4, maxInstances: 3 }, /minInstances: got 4.*at most .*3/],
  ["a fraction of a machine", { maxInstances: 2.5 }, /maxInstances: got 2.5/],
  ["no zone", { zones: [] }, /zones: got \[\]/],
  ["a zone of another region", { zones: ["europe-west1-b"] }, /zones: got "europe-west1-b".*zones of europe-west4/],
  ["a zone by its path", { zones: ["zones/europe-west4-a"] }, /zones: got/],
  ["a zone twice", { zones: ["europe-west4-a", "europe-west4-a"] }, /zones.*each value once/],
  ["a zone without the GPU", { machineType: L4, zones: ["europe-west4-x"] }, /zones with g2-standard-8/],
  ["a region without the GPU", { machineType: L4, region: "me-west1x" }, /region: got "me-west1x"/],
  ["a surge below the zones", { maxSurge: 2 }, /maxSurge: got 2.*number of zones, 3; raise it, or name the zones/],
  ["unavailable machines below the zones", { maxUnavailable: 1 }, /maxUnavailable: got 1/],
  [
    "a surge below the zones named",
    { zones: ["europe-west4-a", "europe-west4-b"], maxSurge: 1 },
    /maxSurge: got 1.*number of zones, 2; raise it, or name fewer/,
  ],
  ["no surge and nobody unavailable", { maxSurge: 0 }, /maxSurge: got 0.*while maxUnavailable is 0/],
  ["Spot machines with a reservation", { spot: true, reservations: Reservations.specific("r") }, /reservations: got/],
  ["Spot machines with any reservation", { spot: true, reservations: Reservations.any() }, /none\(\) with spot/],
  ["a malformed reservation", { reservations: Reservations.specific("zones/a/r") }, /reservations: got "zones\/a\/r"/],
  ["a machine type that is not sold on demand, without Spot", { machineType: "a3-highgpu-1g" }, /spot: got false/],
  ["a fallback twice", { fallbackMachineTypes: ["n2-standard-4"] }, /fallbackMachineTypes: got "n2-standard-4".*once/],
  ["a fallback that is none", { fallbackMachineTypes: ["n2"] }, /machineType: got "n2"/],
  [
    "a fallback with a GPU",
    { fallbackMachineTypes: [L4] },
    /got "g2-standard-8", allowed is machine types without GPUs/,
  ],
  [
    "a fallback without the GPU",
    { machineType: L4, fallbackMachineTypes: ["n2-standard-8"] },
    /got "n2-standard-8", allowed is machine types with GPUs/,
  ],
  [
    "a fallback of another architecture",
    { fallbackMachineTypes: ["t2a-standard-4"] },
    /the architecture of n2-standard-4/,
  ],
  ["a fallback with other disks", { fallbackMachineTypes: ["c3-standard-4"] }, /the disk interface of n2-standard-4/],
  [
    "a fallback that does not boot from the disk",
    { machineType: "n2-standard-4", bootDiskType: "pd-standard", fallbackMachineTypes: ["n4-standard-4"] },
    /bootDiskType: got "pd-standard on n4-standard-4"/,
  ],
  [
    "a fallback that none of the zones sells",
    { machineType: L4, zones: ["europe-west4-c"], maxSurge: 1, fallbackMachineTypes: ["a2-highgpu-1g"] },
    /fallbackMachineTypes: got "a2-highgpu-1g", allowed is machine types of the group's zones: europe-west4-c; name zones/,
  ],
  [
    "a fallback that is not sold on demand",
    { machineType: "a3-highgpu-8g", fallbackMachineTypes: ["a3-highgpu-1g"] },
    /got "a3-highgpu-1g", allowed is machine types that are sold on demand; set spot: true/,
  ],
  ["a long healing delay", { autoHealing: AutoHealing.by(HealthCheck.tcp(), { initialDelaySeconds: 3601 }) }, /3601/],
  ["a wait of days", { waitMinutes: 1000 }, /waitMinutes: got 1000/],
];

test.each(FAILURES)("fails with %s", (_title, setup, message) => {
  expect(() => instanceGroup(setup)).toThrow(message);
});
