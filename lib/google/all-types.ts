import { backendServiceTypes } from "./backend-service";
import { billingTypes } from "./billing";
import { certificatesTypes } from "./certificates";
import { cloudArmorTypes } from "./cloud-armor";
import { cloudRunTypes } from "./cloud-run";
import { dnsTypes } from "./dns";
import { dockerTypes } from "./docker";
import { eventingTypes } from "./eventing";
import { forwardingTypes } from "./forwarding";
import { healthCheckTypes } from "./health-check";
import { iamType, iamTypes } from "./iam";
import { instanceGroupTypes } from "./instance-group";
import { instanceTemplateTypes } from "./instance-template";
import { loggingTypes } from "./logging";
import { monitoringTypes } from "./monitoring";
import { namedTypes } from "./named-types";
import { networkTypes } from "./network";
import { networkEndpointGroupTypes } from "./network-endpoint-group";
import { projectTypes } from "./project";
import { pubsubTypes } from "./pubsub";
import { registryTypes } from "./registry";
import type { ResourceType } from "./resource-type";
import { secretsTypes } from "./secrets";
import { storageTypes } from "./storage";
import { urlMapTypes } from "./url-map";

/** Every table, in the order of the request path. */
export const allTypes: readonly ResourceType[] = [
  ...forwardingTypes,
  ...urlMapTypes,
  ...backendServiceTypes,
  ...networkEndpointGroupTypes,
  ...cloudArmorTypes,
  ...certificatesTypes,
  ...dnsTypes,
  ...cloudRunTypes,
  ...instanceTemplateTypes,
  ...instanceGroupTypes,
  ...healthCheckTypes,
  ...networkTypes,
  ...registryTypes,
  ...dockerTypes,
  ...secretsTypes,
  ...iamTypes,
  ...projectTypes,
  ...billingTypes,
  ...storageTypes,
  ...pubsubTypes,
  ...eventingTypes,
  ...monitoringTypes,
  ...loggingTypes,
  ...namedTypes,
];

const byType = new Map(allTypes.map((each) => [each.type, each]));

/** What is known of a resource type, if there is a table of it. */
export function factsOf(type: string): ResourceType | undefined {
  return byType.get(type) ?? iamType(type);
}
