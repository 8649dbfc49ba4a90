import { EVERYTHING, resourceType } from "./resource-type";

/** What kreuzwerker/docker 3.6.2 makes of an image on its way to a registry. */
export const dockerTypes = [
  // The build block forces replacement, too, but the constructs ignore its changes: the name says
  // what is built.
  resourceType("docker_image", { group: "docker", replacedBy: ["name", "platform", "pull_triggers", "triggers"] }),
  resourceType("docker_registry_image", { group: "docker", replacedBy: ["name", "triggers"] }),
  resourceType("docker_tag", { group: "docker", replacedBy: EVERYTHING }),
];
