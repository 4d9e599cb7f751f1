// libhdf5 for Swift: the library's own headers, and as functions what these give only as macros.
#ifndef INGOT_CHDF5_SHIM_H
#define INGOT_CHDF5_SHIM_H

#include <hdf5.h>

#define INGOT_HDF5_CONSTANT(type, name) \
  static inline type CHDF5_##name(void) { return name; }

// Flags of H5Fopen and H5Fcreate.
INGOT_HDF5_CONSTANT(unsigned, H5F_ACC_RDONLY)
INGOT_HDF5_CONSTANT(unsigned, H5F_ACC_TRUNC)

// Property list classes.
INGOT_HDF5_CONSTANT(hid_t, H5P_FILE_ACCESS)
INGOT_HDF5_CONSTANT(hid_t, H5P_LINK_CREATE)
INGOT_HDF5_CONSTANT(hid_t, H5P_DATASET_CREATE)
INGOT_HDF5_CONSTANT(hid_t, H5P_DATASET_ACCESS)

// Predefined datatypes.
INGOT_HDF5_CONSTANT(hid_t, H5T_STD_I8LE)
INGOT_HDF5_CONSTANT(hid_t, H5T_STD_U8LE)
INGOT_HDF5_CONSTANT(hid_t, H5T_STD_I16LE)
INGOT_HDF5_CONSTANT(hid_t, H5T_STD_U16LE)
INGOT_HDF5_CONSTANT(hid_t, H5T_STD_I32LE)
INGOT_HDF5_CONSTANT(hid_t, H5T_STD_U32LE)
INGOT_HDF5_CONSTANT(hid_t, H5T_STD_I64LE)
INGOT_HDF5_CONSTANT(hid_t, H5T_STD_U64LE)
INGOT_HDF5_CONSTANT(hid_t, H5T_IEEE_F32LE)
INGOT_HDF5_CONSTANT(hid_t, H5T_IEEE_F64LE)
INGOT_HDF5_CONSTANT(hid_t, H5T_C_S1)

#undef INGOT_HDF5_CONSTANT

// H5Lget_info and H5Oget_info are functions in 1.10 and macros over numbered functions from 1.12 on.

/// The type of one link (H5L_type_t); negative when there is none or it cannot be read. Follows nothing.
static inline int CHDF5_link_type(hid_t group, const char *name) {
  H5L_info_t info;
  return H5Lget_info(group, name, &info, H5P_DEFAULT) < 0 ? -1 : (int)info.type;
}

/// What an open object is: its type (H5O_type_t), its address in the file and how many attributes it has.
typedef struct {
  int type;
  unsigned long long address;
  unsigned long long attributes;
} CHDF5_object;

/// Describes an open object; returns a negative number when it cannot be read.
static inline herr_t CHDF5_describe(hid_t object, CHDF5_object *description) {
#if H5_VERSION_GE(1, 12, 0)
  H5O_info1_t info;
#else
  H5O_info_t info;
#endif
  herr_t status = H5Oget_info1(object, &info);
  if (status >= 0) {
    description->type = (int)info.type;
    description->address = (unsigned long long)info.addr;
    description->attributes = (unsigned long long)info.num_attrs;
  }
  return status;
}

#endif
