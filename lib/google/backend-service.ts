import type { ResourceType } from "./resource-type";

export const backendServiceTypes: readonly ResourceType[] = [];
