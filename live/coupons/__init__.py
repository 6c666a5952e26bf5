"""Coupons (优惠券): so many are dropped in a live event, one for each; an order uses one."""
