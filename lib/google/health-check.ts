import type { ResourceType } from "./resource-type";

export const healthCheckTypes: readonly ResourceType[] = [];
