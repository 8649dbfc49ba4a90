import type { ResourceType } from "./resource-type";

export const storageTypes: readonly ResourceType[] = [];
