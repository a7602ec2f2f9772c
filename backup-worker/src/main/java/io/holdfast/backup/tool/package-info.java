/** PostgreSQL's client programs: which are installed, which suits a server, and running one as a child that cannot be forgotten. */
@NullMarked
package io.holdfast.backup.tool;

import org.jspecify.annotations.NullMarked;
