/** The service's own database: transactions, what follows their commit, and which of its failures pass. */
@NullMarked
package io.holdfast.runtime.database;

import org.jspecify.annotations.NullMarked;
