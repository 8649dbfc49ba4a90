import { matching } from "./limit";
import { EVERYTHING, resourceType } from "./resource-type";
import { api } from "./source";

const kmsName = matching(/^[a-zA-Z0-9_-]{1,63}$/, "1 to 63 letters, digits, hyphens and underscores").fix("shorten or respell the name", api("Cloud KMS API v1")("CreateKeyRing.keyRingId"));

export const projectTypes = [
  resourceType("google_project_service", { group: "project", replacedBy: ["service"] }),
  resourceType("google_project_service_identity", { group: "project", replacedBy: EVERYTHING }),
  resourceType("google_kms_key_ring", { group: "kms", name: { format: kmsName, uniqueIn: ["location"] }, replacedBy: EVERYTHING }),
  resourceType("google_kms_crypto_key", {
    group: "kms",
    holds: "key versions, with everything that they encrypt",
    name: { format: kmsName, uniqueIn: ["key_ring"] },
    labels: "labels",
    replacedBy: ["name", "key_ring", "purpose", "import_only", "destroy_scheduled_duration", "crypto_key_backend", "version_template.protection_level"],
    keptWhenUnset: ["version_template"],
  }),
];
