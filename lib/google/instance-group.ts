import type { ResourceType } from "./resource-type";

export const instanceGroupTypes: readonly ResourceType[] = [];
