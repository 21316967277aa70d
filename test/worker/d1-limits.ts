/** D1 behind production's limits, which the local database does not enforce, and a memory of every statement prepared. */
const valueBytes = 2_000_000;
const statementBytes = 100_000;
const parameters = 100;

/** Every distinct SQL text of the run, for the query plans. */
export const statements = new Set<string>();

const watched = new WeakSet<D1Database>();

export function watch(db: D1Database): D1Database {
  if (watched.has(db)) return db;
  const proxy = new Proxy(db, {
    get(target, property) {
      if (property === "prepare") {
        return (text: string) => {
          if (text.length > statementBytes) throw new Error(`D1 limit: a statement of ${text.length} bytes`);
          statements.add(text);
          return bounded(target.prepare(text));
        };
      }
      if (property === "batch") {
        return (list: D1PreparedStatement[]) => {
          if (list.length > 1_000) throw new Error(`D1 limit: ${list.length} statements`);
          return target.batch(list);
        };
      }
      const value = Reflect.get(target, property);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  watched.add(proxy);
  return proxy;
}

function bounded(statement: D1PreparedStatement): D1PreparedStatement {
  const bind = statement.bind.bind(statement);
  statement.bind = (...values: unknown[]) => {
    if (values.length > parameters) throw new Error(`D1 limit: ${values.length} parameters`);
    for (const value of values) {
      if (typeof value === "string" && new TextEncoder().encode(value).length > valueBytes)
        throw new Error("D1 limit: a value over 2 MB");
    }
    return bind(...values);
  };
  return statement;
}
