import type { ResourceType } from "./resource-type";

export const monitoringTypes: readonly ResourceType[] = [];
