/** What services know of the PostgreSQL that is installed on their host. */
@NullMarked
package io.holdfast.runtime.postgres;

import org.jspecify.annotations.NullMarked;
