/** Hands the write-ahead log of a repository to a server that recovers: on demand, ahead of it, in bounded room. */
@NullMarked
package io.holdfast.restore.replay;

import org.jspecify.annotations.NullMarked;
