"""The verbs of the stock: receiving, deciding, moving, and what a batch draws and makes."""

from ebr.inventory.operations.charging import (
    amend_lot,
    consume,
    give_back,
    produce_lot,
    reject_lot,
    release_lot,
)
from ebr.inventory.operations.deciding import record_retest, set_lot_status, shorten_expiry
from ebr.inventory.operations.moving import count_container, move_container
from ebr.inventory.operations.receiving import create_material, create_place, receive_lot

__all__ = [
    "amend_lot",
    "consume",
    "count_container",
    "create_material",
    "create_place",
    "give_back",
    "move_container",
    "produce_lot",
    "receive_lot",
    "record_retest",
    "reject_lot",
    "release_lot",
    "set_lot_status",
    "shorten_expiry",
]
