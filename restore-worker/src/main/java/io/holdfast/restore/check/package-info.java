/** What is looked at in a restored database: whether every database can be entered, how many tables and rows it has, and what the request wants to see. */
@NullMarked
package io.holdfast.restore.check;

import org.jspecify.annotations.NullMarked;
