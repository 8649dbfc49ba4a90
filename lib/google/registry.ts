import type { ResourceType } from "./resource-type";

export const registryTypes: readonly ResourceType[] = [];
