/**
 * A client of PostgreSQL's replication protocol: connects, authenticates and speaks the walsender's commands.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-replication.html">Streaming replication protocol</a>
 */
@NullMarked
package io.holdfast.backup.replication;

import org.jspecify.annotations.NullMarked;
