import type { ResourceType } from "./resource-type";

export const loggingTypes: readonly ResourceType[] = [];
