//! Units 单位, officers 工作人员 and their posts 岗位.
