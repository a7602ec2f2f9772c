/** Requests for restores: who may ask, which are for this site, and how they become jobs and outcomes. */
@NullMarked
package io.holdfast.restore.request;

import org.jspecify.annotations.NullMarked;
