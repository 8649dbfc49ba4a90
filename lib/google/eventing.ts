import type { ResourceType } from "./resource-type";

export const eventingTypes: readonly ResourceType[] = [];
