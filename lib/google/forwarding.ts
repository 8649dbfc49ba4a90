import type { ResourceType } from "./resource-type";

export const forwardingTypes: readonly ResourceType[] = [];
