import type { ResourceType } from "./resource-type";

export const networkEndpointGroupTypes: readonly ResourceType[] = [];
