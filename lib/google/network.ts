import type { ResourceType } from "./resource-type";

export const networkTypes: readonly ResourceType[] = [];
