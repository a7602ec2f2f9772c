/** Restoring on a bare host with nothing but a repository: no broker, no database, no other service. */
@NullMarked
package io.holdfast.restore.breakglass;

import org.jspecify.annotations.NullMarked;
