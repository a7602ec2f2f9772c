/** Tests of the client of the replication protocol, against real servers and against garbage. */
@NullMarked
package io.holdfast.backup.replication;

import org.jspecify.annotations.NullMarked;
