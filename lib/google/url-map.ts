import type { ResourceType } from "./resource-type";

export const urlMapTypes: readonly ResourceType[] = [];
