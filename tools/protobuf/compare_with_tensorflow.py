"""Compares the .proto files of Sources/Containers/TensorFlow/Messages with the messages of TensorFlow itself.

Run with TensorFlow 2.15.1 and grpcio-tools (any) from the root of the repository; every field must have the name, number,
type and label that TensorFlow's has. One differs on purpose: `dtype`, an enumeration there, is its number here.
"""

import pathlib
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool
from grpc_tools import protoc

# What defines the messages registers them.
from tensorflow.core.protobuf import tensor_bundle_pb2, trackable_object_graph_pb2  # noqa: F401
from tensorflow.core.util import saved_tensor_slice_pb2  # noqa: F401
from tensorflow.python.training import checkpoint_state_pb2  # noqa: F401

MESSAGES = pathlib.Path("Sources/Containers/TensorFlow/Messages")
DIFFERENT_TYPES = {"tensorflow.BundleEntryProto.dtype"}


def declared(file):
    with tempfile.NamedTemporaryFile() as output:
        assert protoc.main(["protoc", f"--proto_path={MESSAGES}", f"--descriptor_set_out={output.name}", str(file)]) == 0
        return descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(output.name).read_bytes()).file


def compare(message, scope):
    name = f"{scope}.{message.name}"
    theirs = descriptor_pool.Default().FindMessageTypeByName(name)
    for field in message.field:
        path = f"{name}.{field.name}"
        their_field = theirs.fields_by_name[field.name]
        assert their_field.number == field.number, path
        assert their_field.label == field.label, path
        assert (their_field.type == field.type) != (path in DIFFERENT_TYPES), path
    return len(message.field) + sum(compare(nested, name) for nested in message.nested_type)


def main():
    for path in sorted(MESSAGES.glob("*.proto")):
        for file in declared(path):
            assert file.syntax == "proto3"
            print(path.name, sum(compare(message, file.package) for message in file.message_type), "fields agree")


main()
