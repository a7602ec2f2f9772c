package io.holdfast.restore.drill;

/**
 * A table whose rows were counted.
 *
 * @param table with its schema, quoted where needed
 */
record CountedTable(String database, String table, long rows) {}
