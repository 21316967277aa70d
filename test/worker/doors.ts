/** What a door asks for besides its path: tests that walk the operations ask each as it must be asked. */
const queries: Record<string, string> = { "/v1/export": "?format=csv" };

export const queryOf = (path: string): string => queries[path] ?? "";
