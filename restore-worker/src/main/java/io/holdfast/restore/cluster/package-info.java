/** A restored PostgreSQL cluster: which programs run it, as whom, with what configuration, and how it is started, watched and stopped. */
@NullMarked
package io.holdfast.restore.cluster;

import org.jspecify.annotations.NullMarked;
